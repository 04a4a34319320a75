import JSON
import Model
import SQLite

/// Deliveries over HTTP: the request goes out after the commit, and what came of it comes back in a transaction of its own.
extension Deliveries {
    /// What is to be done about a delivery once its row is written.
    enum Start {
        /// It has its turn later.
        case later
        case request(DeliveryItem)
        /// There can be no request: the attempt has failed already.
        case failed(JSONObject)
    }

    /// Marks the delivery as in flight, or lets it wait where its host has enough to do, its source is too fast or its
    /// owner lacks what the request needs.
    ///
    /// - Parameter freed: a place at the host that is being given up.
    static func start(_ delivery: inout Delivery, _ content: JSON, freed: Bool = false, in context: WriteContext) throws
        -> Start
    {
        guard let host = delivery.host,
            freed || context.kernel.outgoing.hasRoom(for: host, beside: context.effects.requests)
        else {
            // It is fetched when one of its host's requests has ended.
            delivery.next = context.now
            return .later
        }
        if try isTooFast(delivery, in: context) {
            delivery.next = context.now.adding(seconds: 1)
            try schedule(delivery, in: context)
            return .later
        }
        let owner = try owner(of: delivery, in: context)
        guard try owner.prepare(delivery, context.acting(for: delivery)) else {
            // Its owner resumes it.
            delivery.next = nil
            return .later
        }
        do {
            let item = try owner.item(delivery, content, context)
            try count(delivery, in: context)
            delivery.state = .inFlight
            delivery.next = nil
            return .request(item)
        } catch let failure as DeliveryFailure {
            delivery.attempts += 1
            return .failed(try fail(&delivery, failure, content, in: context))
        }
    }

    /// What follows from a start, after the delivery's row was written.
    static func follow(_ start: Start, _ delivery: Delivery, in context: WriteContext) throws {
        switch start {
        case .later: break
        case .failed(let entry): try note(entry, delivery, in: context)
        case .request(let item):
            var web = item.web ?? WebRequest(url: delivery.destination, body: item.body)
            if item.web == nil { web.headers = item.headers }
            context.effects.requests.append(
                Outgoing.Request(
                    purpose: .delivery(delivery.number, shown: item.shown, web), account: delivery.account,
                    region: delivery.region, service: delivery.service, host: delivery.host))
        }
    }

    /// So many characters of an answer are kept with a delivery.
    private static let shownAnswerLimit = 1024

    /// What came of a request.
    ///
    /// - Parameter shown: method and URL, for people.
    static func finish(_ number: Int64, shown: String?, _ result: WebResult, in context: WriteContext) throws {
        guard var delivery = try Delivery.find(number, in: context.database), delivery.state == .inFlight,
            let content = try context.publication(delivery.publication)
        else { return }
        context.cause = delivery.cause
        delivery.attempts += 1
        delivery.state = .pending
        var facts = JSONObject()
        if let shown { facts["request"] = .string(shown) }
        var failure: DeliveryFailure?
        var judged: WebAnswer?
        switch result {
        case .answered(var answer):
            defer { judged = answer }
            failure = try owner(of: delivery, in: context).judge(delivery, &answer, context)
            facts["status"] = .number(answer.status)
            facts["answer"] = .string(String(answer.body.prefix(shownAnswerLimit)))
            facts["milliseconds"] = .number(answer.milliseconds)
        case .failed(let message, let isTimeout):
            failure = DeliveryFailure(isTimeout ? "NO_ANSWER_IN_TIME" : "NO_ANSWER", message, isRetryable: true)
        }
        var entry: JSONObject
        if let failure {
            entry = try fail(&delivery, failure, answer: facts, content, in: context)
        } else {
            entry = succeed(&delivery, facts, in: context)
        }
        try delivery.update(in: context.database)
        entry["delivery"] = .number(delivery.number)
        try note(entry, delivery, in: context)
        try tellIfEnded(delivery, judged, in: context)
        if let host = delivery.host { try fetchWaiting(of: host, in: context) }
    }

    /// Takes the next delivery that waited for room at its host; one that is too fast must wait for its next second.
    private static func fetchWaiting(of host: String, in context: WriteContext) throws {
        while true {
            let number = try context.database.first(
                """
                SELECT number FROM delivery WHERE finished IS NULL AND state = 'pending' AND host = ? AND next <= ?
                ORDER BY next, number LIMIT 1
                """, host, context.now.milliseconds
            ) { $0.int64(0) }
            guard let number, var delivery = try Delivery.find(number, in: context.database),
                let content = try context.publication(delivery.publication)
            else { return }
            let start = try start(&delivery, content, freed: true, in: context)
            try delivery.update(in: context.database)
            try follow(start, delivery, in: context)
            try tellIfEnded(delivery, in: context)
            if delivery.state == .inFlight { return }
        }
    }

    // MARK: Rates

    /// Whether the rate of this second is used up.
    private static func isTooFast(_ delivery: Delivery, in context: WriteContext) throws -> Bool {
        guard let limit = delivery.policy.perSecond else { return false }
        return try attempts(of: delivery, in: context) >= limit
    }

    private static func count(_ delivery: Delivery, in context: WriteContext) throws {
        guard delivery.policy.perSecond != nil else { return }
        try context.database.run(
            "INSERT OR REPLACE INTO delivery_rate (source, second, count) VALUES (?, ?, ?)", delivery.rateOwner,
            context.now.milliseconds / 1000, try attempts(of: delivery, in: context) + 1)
    }

    private static func attempts(of delivery: Delivery, in context: WriteContext) throws -> Int {
        try context.database.first(
            "SELECT count FROM delivery_rate WHERE source = ? AND second = ?", delivery.rateOwner,
            context.now.milliseconds / 1000
        ) { $0.int(0) } ?? 0
    }
}

extension WriteContext {
    /// Goes on with the deliveries to a resource that wait because their owner was not prepared.
    ///
    /// - Parameter failure: what their attempt ends with, where it cannot be made.
    public func resumeDeliveries(to destination: ARN, failure: DeliveryFailure? = nil) throws {
        var numbers: [Int64] = []
        try database.query(
            """
            SELECT number FROM delivery
            WHERE destination = ? AND finished IS NULL AND state = 'pending' AND next IS NULL ORDER BY number
            """, destination.description
        ) { numbers.append($0.int64(0)) }
        for number in numbers {
            guard var delivery = try Delivery.find(number, in: database) else { continue }
            if let failure, let content = try publication(delivery.publication) {
                delivery.attempts += 1
                let entry = try Deliveries.fail(&delivery, failure, content, in: self)
                try delivery.update(in: database)
                try Deliveries.note(entry, delivery, in: self)
                try Deliveries.tellIfEnded(delivery, in: self)
            } else {
                delivery.next = now
                try delivery.update(in: database)
                try schedule(Deliveries.jobKind, subject: String(number), due: now, detail: [:])
            }
        }
    }
}
