"""Builds the requests that change something in Temporal. Pure: equal arguments make equal requests."""

from collections.abc import Mapping, Sequence
from typing import Any

from temporalio.api.common.v1 import (
    Memo,
    Payload,
    Payloads,
    Priority,
    RetryPolicy,
    SearchAttributes,
    WorkflowExecution,
    WorkflowType,
)
from temporalio.api.enums.v1 import (
    UpdateWorkflowExecutionLifecycleStage,
    WorkflowIdConflictPolicy,
    WorkflowIdReusePolicy,
)
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.sdk.v1 import UserMetadata
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.update.v1 import Input, Meta, Request, WaitPolicy
from temporalio.api.workflowservice.v1 import (
    QueryWorkflowRequest,
    RequestCancelWorkflowExecutionRequest,
    StartWorkflowExecutionRequest,
    TerminateWorkflowExecutionRequest,
    UpdateWorkflowExecutionRequest,
)

from bot.adapters.temporal import names, payloads, sequence_memo
from bot.adapters.temporal.connect import IDENTITY
from bot.fleet.runs.mapping import ORDER_KEY
from bot.model import PROGRESS_QUERY, WORKFLOW_TYPE, Order, Ref, SequenceSpec, StartOrder
from bot.model.steps import StartOptions


def start(namespace: str, order: StartOrder, attributes: Mapping[str, Payload]) -> StartWorkflowExecutionRequest:
    """The request that starts one run of the team's workflow. If a run of that workflow id is open, Temporal
    returns that run instead."""
    return StartWorkflowExecutionRequest(
        namespace=namespace,
        workflow_id=order.workflow_id,
        workflow_type=WorkflowType(name=order.workflow_type),
        task_queue=TaskQueue(name=order.task_queue),
        input=Payloads(payloads=[payloads.plain(argument) for argument in order.arguments]),
        identity=IDENTITY,
        request_id=names.request_id("start", order.token),
        workflow_id_reuse_policy=WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
        workflow_id_conflict_policy=WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
        memo=_memo({**order.hints, **order.memo, ORDER_KEY: order.token}),
        search_attributes=SearchAttributes(indexed_fields=attributes) if attributes else None,
        **_options(order.options),
        user_metadata=_metadata(),
    )


def _options(options: StartOptions) -> dict[str, Any]:
    """The fields of the request that are configured. For the others, the server's defaults apply."""
    fields: dict[str, Any] = {}
    if options.execution_timeout:
        fields["workflow_execution_timeout"] = options.execution_timeout
    if options.run_timeout:
        fields["workflow_run_timeout"] = options.run_timeout
    if options.attempts:
        fields["retry_policy"] = RetryPolicy(maximum_attempts=options.attempts)
    if options.priority or options.fairness_key:
        fields["priority"] = Priority(priority_key=options.priority or 0, fairness_key=options.fairness_key)
    return fields


def begin(
    namespace: str, spec: SequenceSpec, argument: Sequence[Payload], task_queue: str, workflow_id: str
) -> StartWorkflowExecutionRequest:
    """A request that starts a sequence; the sequence has no time limit. Temporal refuses the request while another
    sequence is open under ``workflow_id``."""
    return StartWorkflowExecutionRequest(
        namespace=namespace,
        workflow_id=workflow_id,
        workflow_type=WorkflowType(name=WORKFLOW_TYPE),
        task_queue=TaskQueue(name=task_queue),
        input=Payloads(payloads=argument),
        identity=IDENTITY,
        request_id=names.request_id("begin", spec.id),
        workflow_id_reuse_policy=WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
        workflow_id_conflict_policy=WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
        memo=_memo(sequence_memo.memo(spec)),
        user_metadata=_metadata(),
    )


def cancel(namespace: str, ref: Ref, chain: str, reason: str) -> RequestCancelWorkflowExecutionRequest:
    """A request to cancel a run. Every bot gives the request the same request id, so Temporal acts once for each run.
    ``chain`` is the id of the chain's first run, and makes this a request about the latest run of the chain. If
    ``chain`` is "", the request is about exactly this run."""
    return RequestCancelWorkflowExecutionRequest(
        namespace=namespace,
        workflow_execution=_run_or_latest(ref, chain),
        first_execution_run_id=chain,
        identity=IDENTITY,
        request_id=names.request_id("cancel", ref.run_id),
        reason=reason,
    )


def terminate(namespace: str, ref: Ref, chain: str, reason: str) -> TerminateWorkflowExecutionRequest:
    """A request to terminate a run, or the run that it has continued as. ``chain`` is the id of the chain's first
    run. If the server does not report that id, ``chain`` is "" and the request is about exactly this run."""
    return TerminateWorkflowExecutionRequest(
        namespace=namespace,
        workflow_execution=_run_or_latest(ref, chain),
        first_execution_run_id=chain,
        identity=IDENTITY,
        reason=reason,
    )


def query(namespace: str, ref: Ref) -> QueryWorkflowRequest:
    """A request for the progress of a sequence."""
    return QueryWorkflowRequest(
        namespace=namespace, execution=_run(ref), query=WorkflowQuery(query_type=PROGRESS_QUERY)
    )


def update(
    namespace: str, workflow_id: str, order: Order, argument: Sequence[Payload], update_id: str
) -> UpdateWorkflowExecutionRequest:
    """A request that sends an instruction and waits until it has been carried out. Temporal deduplicates by
    ``update_id``."""
    completed = UpdateWorkflowExecutionLifecycleStage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
    return UpdateWorkflowExecutionRequest(
        namespace=namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow_id),
        wait_policy=WaitPolicy(lifecycle_stage=completed),
        request=Request(
            meta=Meta(update_id=update_id, identity=IDENTITY),
            input=Input(name=order.value, args=Payloads(payloads=argument)),
        ),
    )


def _run(ref: Ref) -> WorkflowExecution:
    return WorkflowExecution(workflow_id=ref.workflow_id, run_id=ref.run_id)


def _run_or_latest(ref: Ref, chain: str) -> WorkflowExecution:
    """The execution to act on: exactly the run of ``ref``; or, if ``chain`` is given, the latest run of the workflow
    id, because the request then names no run id."""
    return WorkflowExecution(workflow_id=ref.workflow_id, run_id="" if chain else ref.run_id)


def _memo(fields: Mapping[str, str]) -> Memo:
    return Memo(fields={name: payloads.plain(text) for name, text in fields.items()})


def _metadata() -> UserMetadata:
    return UserMetadata(summary=payloads.plain(names.SUMMARY))
