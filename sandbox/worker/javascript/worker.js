// node worker.js ORDERS: works on the clusters of the orders, which sandbox/javascript_worker.py writes, until it is
// stopped.
'use strict';

const { readFileSync } = require('node:fs');
const { DefaultLogger, NativeConnection, Runtime, Worker, bundleWorkflowCode } = require('@temporalio/worker');
const { activitiesOf } = require('./activities');

async function main() {
  const orders = JSON.parse(readFileSync(process.argv[2], 'utf-8'));
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect({ address: orders.temporal });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('./workflows'),
    logger: new DefaultLogger('WARN'),
  });
  const workers = await Promise.all(
    orders.clusters.map((cluster) =>
      Worker.create({
        connection,
        namespace: cluster.namespace,
        taskQueue: cluster.task_queue,
        workflowBundle,
        activities: activitiesOf(cluster),
        // The SDK's own throttle would hold heartbeats back for most of the short timeouts of this world.
        maxHeartbeatThrottleInterval: cluster.pace.heartbeat_every * 1000,
        defaultHeartbeatThrottleInterval: cluster.pace.heartbeat_every * 1000,
        shutdownForceTime: '1s', // a silent activity hears nothing
      })
    )
  );
  await Promise.all(workers.map((worker) => worker.run()));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
