// The activities of one cluster, as in sandbox/worker/copying.py: they copy day by day, beat, and go silent where the
// scenario says. All days are UTC's.
'use strict';

const { ApplicationFailure, Context, heartbeat, sleep } = require('@temporalio/activity');
const { Tables } = require('./tables');

const DAY_MS = 24 * 60 * 60 * 1000;

/** `cluster` is one of the orders that sandbox/javascript_worker.py writes. */
exports.activitiesOf = function activitiesOf(cluster) {
  const tables = new Tables(cluster.clickhouse);
  const { pace } = cluster;
  return {
    activity_pace: async () => ({ heartbeat_timeout: pace.heartbeat_timeout, retry_after: pace.retry_after }),
    copy_piece: (piece) => new Copy(cluster, tables, piece).run(),
  };
};

class Copy {
  constructor(cluster, tables, piece) {
    this.customer = cluster.customers[piece.customer];
    if (this.customer === undefined) {
      throw ApplicationFailure.nonRetryable(`there is no customer '${piece.customer}' here`);
    }
    Object.assign(this, { cluster, tables, piece });
    this.days = daysBetween(piece.start, piece.end);
    this.progress = { day: piece.start, rows: 0, total: 0 };
  }

  /** Every attempt starts from the first day, and copies rows again that an earlier attempt has copied. */
  async run() {
    const beats = setInterval(() => this.beat(), this.cluster.pace.heartbeat_every * 1000);
    try {
      await this.copyDays();
    } finally {
      clearInterval(beats);
    }
    return this.progress;
  }

  async copyDays() {
    const { customer } = this.piece;
    this.progress.total = await this.tables.count(customer, this.moment(0), this.moment(this.days));
    const done = this.daysBeforeStory();
    if (done > 0) {
      await this.copy(0, done);
    }
    const silentAfter = this.silentAfterDays();
    for (let day = done; day < this.days; day += 1) {
      this.progress.day = new Date(this.moment(day)).toISOString().slice(0, 10);
      this.beat();
      if (silentAfter !== null && silentAfter < day + 1) {
        await this.goSilent(silentAfter - day);
      }
      await sleep(this.customer.day_seconds * 1000);
      await this.copy(day, day + 1);
    }
    this.beat();
  }

  beat() {
    if (this.isSilent) {
      return;
    }
    if (this.cluster.beats_with_details) {
      heartbeat({ ...this.progress });
    } else {
      heartbeat();
    }
  }

  async copy(first, end) {
    this.progress.rows += await this.tables.copy(this.piece.customer, this.moment(first), this.moment(end));
  }

  /** Hangs as a stuck process does, but gives the worker its slot back soon after Temporal gave up. */
  async goSilent(afterDays) {
    await sleep(afterDays * this.customer.day_seconds * 1000);
    this.isSilent = true;
    await sleep((this.cluster.pace.heartbeat_timeout * 1.5 + 1) * 1000);
    throw ApplicationFailure.create({ message: 'nobody waits for this attempt any more', type: 'WentSilent' });
  }

  /** The days to copy at once. A piece that is not over gets them in its first attempt only. */
  daysBeforeStory() {
    const earlier = daysBetween(this.piece.run_start, this.piece.start);
    const done = Math.min(Math.max(this.piece.days_before_story - earlier, 0), this.days);
    return done === this.days || Context.current().info.attempt === 1 ? done : 0;
  }

  /** The days after which this piece of a run goes silent, null if it does not. */
  silentAfterDays() {
    const { max_days: most, silent_after_days: silentAfter } = this.customer;
    if (most === null || daysBetween(this.piece.run_start, this.piece.run_end) <= most) {
      return null;
    }
    const days = (silentAfter ?? most) - daysBetween(this.piece.run_start, this.piece.start);
    return days >= 0 && days < this.days ? days : null;
  }

  /** In milliseconds since 1970. */
  moment(day) {
    return Date.parse(this.piece.start) + day * DAY_MS;
  }
}

function daysBetween(start, end) {
  return Math.round((Date.parse(end) - Date.parse(start)) / DAY_MS);
}
