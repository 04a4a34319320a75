import JSON
import Model
import SQLite

/// How deliveries are born, tried, tried again and ended. Everything here happens in the transaction of the context.
enum Deliveries {
    static let jobKind = "kernel.delivery"
    /// How many ended deliveries are kept, for explanations.
    static let countLimit: Int64 = 100_000
    /// So many are added between two prunings.
    private static let pruningInterval: Int64 = 1024
    /// Deliveries that cause deliveries end here: a loop of topics and queues.
    static let hopLimit = 10

    /// A due delivery.
    static func run(_ job: Job, in context: WriteContext) throws {
        guard let number = Int64(job.subject), var delivery = try Delivery.find(number, in: context.database),
            delivery.state == .pending, let content = try context.publication(delivery.publication)
        else { return }
        context.cause = delivery.cause
        if delivery.isOutgoing {
            let start = try start(&delivery, content, in: context)
            try delivery.update(in: context.database)
            try follow(start, delivery, in: context)
        } else {
            let entry = try attempt(&delivery, content, in: context)
            try delivery.update(in: context.database)
            try note(entry, delivery, in: context)
        }
        try tellIfEnded(delivery, in: context)
    }

    /// Tells the owner of a delivery that went on after `deliver` that it has come to its end.
    ///
    /// - Parameter answer: to the latest request.
    static func tellIfEnded(_ delivery: Delivery, _ answer: WebAnswer? = nil, in context: WriteContext) throws {
        guard delivery.finished != nil, let ended = servedOwner(of: delivery, in: context)?.ended else { return }
        try ended(delivery, answer, context.acting(for: delivery))
    }

    /// After a start: nobody knows what became of requests that were in flight, so they are made again.
    static func recover(in context: WriteContext) throws {
        try context.database.run(
            "UPDATE delivery SET state = 'pending', next = ? WHERE state = 'inFlight'", context.now.milliseconds)
        var open: [(Int64, String, String, Timestamp)] = []
        try context.database.query(
            "SELECT number, account, region, next FROM delivery WHERE finished IS NULL AND state = 'pending'"
        ) { open.append(($0.int64(0), $0.text(1), $0.text(2), Timestamp(milliseconds: $0.int64(3)))) }
        for (number, account, region, next) in open {
            try context.database.run(
                """
                INSERT OR REPLACE INTO job (account, region, kind, subject, due, detail) VALUES (?, ?, ?, ?, ?, '{}')
                """, account, region, jobKind, String(number), next.milliseconds)
        }
    }

    // MARK: Inside the process

    /// Hands the item over; what the destination did is undone when it fails.
    ///
    /// - Returns: what the journal says of the attempt.
    static func attempt(_ delivery: inout Delivery, _ content: JSON, in context: WriteContext) throws -> JSONObject {
        delivery.attempts += 1
        do {
            guard context.hops < hopLimit else {
                throw DeliveryFailure("HOP_LIMIT", "The message went from delivery to delivery \(hopLimit) times.")
            }
            let item = try owner(of: delivery, in: context).item(delivery, content, context)
            return succeed(&delivery, try hand(item, to: delivery.destination, delivery, in: context), in: context)
        } catch let failure as DeliveryFailure {
            return try fail(&delivery, failure, content, in: context)
        }
    }

    /// Puts an item into a resource; what that did is undone when it fails.
    private static func hand(
        _ item: DeliveryItem, to destination: String, _ delivery: Delivery, in context: WriteContext
    ) throws -> JSONObject {
        let owner = try owner(of: delivery, in: context)
        if let perform = owner.perform,
            let answer = try context.undoable({ try perform(item, destination, delivery, context) })
        {
            return JSONObject([("answer", .string(answer))])
        }
        let sender = Sender(
            service: "\(delivery.service).amazonaws.com", source: owner.sourceARN(delivery), account: delivery.account)
        return JSONObject([("answer", .string(try context.hand(item, to: destination, by: sender)))])
    }

    static func owner(of delivery: Delivery, in context: ReadContext) throws -> DeliveryOwner {
        guard let owner = servedOwner(of: delivery, in: context) else {
            throw DeliveryFailure("NO_SERVICE", "\(delivery.service) is not served any more.")
        }
        return owner
    }

    /// Nil where an earlier server knew a service that this one does not.
    private static func servedOwner(of delivery: Delivery, in context: ReadContext) -> DeliveryOwner? {
        context.kernel.service(named: delivery.service)?.deliveryOwner
    }

    // MARK: Outcomes

    static func succeed(_ delivery: inout Delivery, _ answer: JSONObject, in context: WriteContext)
        -> JSONObject
    {
        delivery.state = .delivered
        delivery.next = nil
        delivery.finished = context.now
        return entry(&delivery, outcome: "delivered", answer, in: context)
    }

    static func fail(
        _ delivery: inout Delivery, _ failure: DeliveryFailure, answer: JSONObject = JSONObject(), _ content: JSON,
        in context: WriteContext
    ) throws -> JSONObject {
        var facts = answer
        facts["error"] = .string(failure.code)
        facts["message"] = .string(failure.message)
        var failure = failure
        switch nextAttempt(delivery, failure, in: context) {
        case .at(let next):
            delivery.state = .pending
            delivery.next = next
            facts["then"] = .string("tried again at \(next.iso8601())")
            return entry(&delivery, outcome: "failed", facts, in: context)
        case .none: break
        case .exhausted(let bound): failure.exhausted = bound
        }
        delivery.next = nil
        delivery.finished = context.now
        guard let queue = delivery.deadLetterQueue else {
            delivery.state = .dropped
            facts["then"] = .string(servedOwner(of: delivery, in: context)?.drop ?? DeliveryOwner.dropped)
            return entry(&delivery, outcome: "failed", facts, in: context)
        }
        do {
            let item = try owner(of: delivery, in: context).deadLetter(delivery, failure, content, context)
            _ = try hand(item, to: queue, delivery, in: context)
            delivery.state = .deadLettered
            facts["then"] = .string("put into the dead-letter queue \(queue)")
        } catch let failure as DeliveryFailure {
            delivery.state = .dropped
            facts["then"] = .string("dropped: the dead-letter queue \(queue) did not take it: \(failure.message)")
        }
        return entry(&delivery, outcome: "failed", facts, in: context)
    }

    private enum NextAttempt {
        case at(Timestamp)
        /// The failure is final.
        case none
        case exhausted(RetryPolicy.Bound)
    }

    private static func nextAttempt(
        _ delivery: Delivery, _ failure: DeliveryFailure, in context: WriteContext
    ) -> NextAttempt {
        guard failure.isRetryable else { return .none }
        let policy = delivery.policy
        guard var delay = policy.delaySeconds(afterAttempts: delivery.attempts) else { return .exhausted(.attempts) }
        if policy.hasJitter { delay *= 0.5 + Double(context.random.next() >> 11) / Double(1 << 54) }
        let next = context.now.adding(milliseconds: Int64(max(delay, failure.leastDelaySeconds) * 1000))
        if let age = policy.maximumAgeSeconds, next > delivery.created.adding(seconds: age) { return .exhausted(.age) }
        return .at(next)
    }

    private static func entry(
        _ delivery: inout Delivery, outcome: String, _ facts: JSONObject, in context: WriteContext
    ) -> JSONObject {
        var entry = JSONObject([
            ("attempt", .number(delivery.attempts)), ("time", .string(context.now.iso8601())),
            ("outcome", .string(outcome)),
        ])
        for fact in facts { entry[fact.name] = fact.value }
        delivery.note(.object(entry))
        return entry
    }

    /// Writes an attempt into the journal, and asks for the next one.
    static func note(_ entry: JSONObject, _ delivery: Delivery, in context: WriteContext) throws {
        var detail = entry
        detail["delivery"] = .number(delivery.number)
        detail["source"] = .string(delivery.source)
        detail["state"] = .string(delivery.state.rawValue)
        try context.note("delivery", delivery.destination, detail: .object(detail))
        if delivery.state == .pending { try schedule(delivery, in: context) }
    }

    static func schedule(_ delivery: Delivery, in context: WriteContext) throws {
        guard delivery.number > 0, let next = delivery.next else { return }
        try context.schedule(jobKind, subject: String(delivery.number), due: next, detail: [:])
    }

    static func pruneIfDue(_ last: Int64, in database: Connection) throws {
        guard last % pruningInterval == 0 else { return }
        try database.run("DELETE FROM delivery WHERE number <= ? AND finished IS NOT NULL", last - countLimit)
        // A publication that nobody was to have goes with those that are older than all deliveries.
        try database.run(
            """
            DELETE FROM publication WHERE number < (SELECT min(publication) FROM delivery)
            AND number <= (SELECT max(number) FROM publication) - ?
            """, countLimit)
    }
}

extension ReadContext {
    /// What was published under a number.
    public func publication(_ number: Int64) throws -> JSON? {
        try database.first("SELECT content FROM publication WHERE number = ?", number) { try JSON(parsing: $0.text(0)) }
    }
}

extension WriteContext {
    /// Puts an item into a resource by way of the service that keeps it, without a delivery; answers in a word what became
    /// of it. Throws `DeliveryFailure`, and what was done is undone then.
    public func hand(_ item: DeliveryItem, to destination: String, by sender: Sender) throws -> String {
        guard let arn = ARN(destination), let service = kernel.keeper(of: arn),
            let accept = service.destination?.accept
        else { throw DeliveryFailure("NO_RESOURCE", "\(destination) is nothing that Windtunnel serves.") }
        return try undoable { try accept(item, arn, sender, delegated(to: service, arn, by: sender)) }
    }

    /// Keeps what is published, for every delivery and every explanation of it.
    ///
    /// - Returns: the number that deliveries refer to.
    public func publish(from origin: ARN, messageID: String, content: JSON) throws -> Int64 {
        try database.run(
            """
            INSERT INTO publication (account, region, origin, message_id, time, content) VALUES (?, ?, ?, ?, ?, ?)
            """, origin.account, origin.region, origin.description, messageID, now.milliseconds, content.description)
        return database.lastInsertRowID
    }

    /// Delivers: at once to what is in the process, after the commit to what is outside.
    ///
    /// - Returns: the delivery as it is now; of one that has not ended yet, its owner is told when it does.
    @discardableResult
    public func deliver(_ delivery: Delivery, _ content: JSON) throws -> Delivery {
        var delivery = delivery
        if delivery.isOutgoing {
            let start = try Deliveries.start(&delivery, content, in: self)
            try delivery.insert(in: database)
            if let next = delivery.next, delivery.state == .pending {
                try schedule(Deliveries.jobKind, subject: String(delivery.number), due: next, detail: [:])
            }
            try Deliveries.follow(start, delivery, in: self)
        } else {
            let entry = try Deliveries.attempt(&delivery, content, in: self)
            try delivery.insert(in: database)
            try Deliveries.note(entry, delivery, in: self)
        }
        try Deliveries.pruneIfDue(delivery.number, in: database)
        return delivery
    }
}
