import JSON
import Kernel
import Model

extension SQS {
    @Sendable static func startMessageMoveTask(_ input: StartMessageMoveTaskRequest, in context: WriteContext) throws
        -> StartMessageMoveTaskResult
    {
        let source = try ownQueue(input.sourceArn, "SourceArn", for: "StartMessageMoveTask", in: context)
        if let destination = input.destinationArn {
            let target = try ownQueue(destination, "DestinationArn", for: "SendMessage", in: context)
            // A FIFO queue has no place for messages without a group.
            guard source.isFIFO || !target.isFIFO else {
                throw AWSError.invalidParameter("Source queue and destination queue must be of the same type.")
            }
        }
        if let rate = input.maxNumberOfMessagesPerSecond, !(1...500).contains(rate) {
            throw AWSError.invalidParameter(
                "MaxNumberOfMessagesPerSecond", "\(rate)", "Must be between 1 and 500.")
        }
        guard try !source.sources(in: context).isEmpty else {
            throw AWSError.invalidParameter("Source queue must be configured as a Dead Letter Queue.")
        }
        let tasks = try MessageMoveTask.list(of: source.address, in: context)
        guard !tasks.contains(where: { $0.status == .running }) else {
            throw AWSError.invalidParameter(
                "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
            )
        }
        let last = try context.database.first("SELECT ifnull(max(sequence), 0) FROM sqs_message") { $0.int64(0) }
        var task = MessageMoveTask(
            id: context.random.uuid(), source: source.address, destination: input.destinationArn,
            perSecond: input.maxNumberOfMessagesPerSecond, status: .running, started: context.now,
            toMove: try MessageCounts(source, in: context).available, lastSequence: last ?? 0)
        try context.record(
            .changed, source.arn, operation: "StartMessageMoveTask",
            detail: .object([
                "task": .string(task.id), "to": input.destinationArn.map(JSON.string) ?? "the queues they came from",
            ]))
        // What it may move at once is there when the call returns.
        try task.work(in: context)
        return StartMessageMoveTaskResult(taskHandle: task.handle)
    }

    @Sendable static func listMessageMoveTasks(_ input: ListMessageMoveTasksRequest, in context: ReadContext) throws
        -> ListMessageMoveTasksResult
    {
        let source = try ownQueue(input.sourceArn, "SourceArn", for: "ListMessageMoveTasks", in: context)
        let limit = input.maxResults ?? 1
        guard (1...10).contains(limit) else {
            throw AWSError.invalidParameter("MaxResults", "\(limit)", "Must be between 1 and 10.")
        }
        let tasks = try MessageMoveTask.list(of: source.address, in: context).prefix(limit)
        return ListMessageMoveTasksResult(
            results: tasks.map { task in
                ListMessageMoveTasksResultEntry(
                    taskHandle: task.status == .running ? task.handle : nil, status: task.status.rawValue,
                    sourceArn: source.arn.description, destinationArn: task.destination,
                    maxNumberOfMessagesPerSecond: task.perSecond, approximateNumberOfMessagesMoved: task.moved,
                    approximateNumberOfMessagesToMove: task.toMove, failureReason: task.failure,
                    startedTimestamp: Int(task.started.milliseconds))
            })
    }

    @Sendable static func cancelMessageMoveTask(_ input: CancelMessageMoveTaskRequest, in context: WriteContext) throws
        -> CancelMessageMoveTaskResult
    {
        guard let bytes = Base64.decode(input.taskHandle), let handle = try? JSON(parsing: bytes),
            let id = handle["taskId"]?.string, let arn = handle["sourceArn"]?.string
        else { throw AWSError.invalidParameter("Value for parameter TaskHandle is invalid.") }
        let source = try ownQueue(arn, "SourceArn", for: "CancelMessageMoveTask", in: context)
        let tasks = try MessageMoveTask.list(of: source.address, in: context)
        guard var task = tasks.first(where: { $0.id == id && $0.status == .running }) else {
            throw AWSError.resourceNotFound("Task does not exist.")
        }
        task.status = .cancelled
        try task.save(in: context)
        try context.unschedule(MessageMoveTask.jobKind, subject: task.id)
        try context.record(
            .changed, source.arn, operation: "CancelMessageMoveTask", detail: .object(["task": .string(id)]))
        return CancelMessageMoveTaskResult(approximateNumberOfMessagesMoved: task.moved)
    }

    /// Move tasks stay within the account and the Region.
    private static func ownQueue(_ arn: String, _ member: String, for action: String, in context: ReadContext) throws
        -> Queue
    {
        guard let address = QueueAddress(arn: arn) else {
            throw AWSError.invalidParameter(
                "You must use this format to specify the \(member): arn:<partition>:<service>:<region>:<account-id>:<resource-id>"
            )
        }
        context.access("sqs:\(action)", on: arn)
        guard address.account == context.account, address.region == context.region,
            let queue = try Queue.find(address, in: context)
        else {
            throw AWSError.resourceNotFound(
                "The resource that you specified for the \(member) parameter doesn't exist.")
        }
        return queue
    }
}
