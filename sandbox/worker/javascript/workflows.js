// importHistory and syncInLanes, as in sandbox/worker/shapes/history_import.py and lanes.py.
'use strict';

const { ActivityFailure, CancellationScope, CancelledFailure, proxyActivities, proxyLocalActivities } = require('@temporalio/workflow');

const DAY_MS = 24 * 60 * 60 * 1000;
const LANES = 3;

const { activity_pace: readPace } = proxyLocalActivities({ startToCloseTimeout: '10s' });

/** One activity over all days. The input alone tells customer and days, `until` included. */
exports.importHistory = async function importHistory({ tenant, range, options = {} }) {
  const end = daysAfter(range.until, 1);
  const [progress] = await copied([piece(tenant.slug, range.since, end, range.since, end, options)]);
  return progress;
};

/** Three activities at once, each over a third of the days. Returns the number of rows. */
exports.syncInLanes = async function syncInLanes(customer, sinceMs, days, daysBeforeStory = 0) {
  const first = new Date(sinceMs).toISOString().slice(0, 10);
  const bounds = Array.from({ length: LANES + 1 }, (_, lane) => Math.floor((days * lane) / LANES));
  const pieces = bounds
    .slice(0, LANES)
    .map((begin, lane) => [begin, bounds[lane + 1]])
    .filter(([begin, end]) => begin < end)
    .map(([begin, end]) =>
      piece(customer, daysAfter(first, begin), daysAfter(first, end), first, daysAfter(first, days), {
        days_before_story: daysBeforeStory,
      })
    );
  const copies = await copied(pieces);
  return copies.reduce((rows, progress) => rows + progress.rows, 0);
};

function piece(customer, start, end, runStart, runEnd, { days_before_story = 0 }) {
  return { customer, start, end, run_start: runStart, run_end: runEnd, days_before_story };
}

function daysAfter(day, days) {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

async function copied(pieces) {
  const pace = await readPace();
  const { copy_piece: copyPiece } = proxyActivities({
    startToCloseTimeout: '365 days', // only missing heartbeats end an attempt
    heartbeatTimeout: pace.heartbeat_timeout * 1000,
    retry: { initialInterval: pace.retry_after * 1000, backoffCoefficient: 1 },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
  try {
    return await Promise.all(pieces.map((one) => copyPiece(one)));
  } catch (error) {
    // A silent attempt learns of a cancel only by its timeout. The run ends as cancelled all the same.
    if (error instanceof ActivityFailure && CancellationScope.current().consideredCancelled) {
      throw new CancelledFailure('cancelled while an attempt was silent');
    }
    throw error;
  }
}
