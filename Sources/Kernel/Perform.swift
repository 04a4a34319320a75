import JSON
import Model

extension WriteContext {
    /// Performs an operation of a service within this transaction, as the request of a principal would; what it did is
    /// undone when it fails.
    ///
    /// Throws an `AWSError`, of an operation that nobody serves `UnknownOperationException`.
    @discardableResult
    public func perform(
        _ name: String, of service: Service, _ input: JSON, as principal: Principal, region: String
    ) throws -> JSON {
        switch try tryToPerform(name, of: service, input, as: principal, region: region) {
        case .done(let output): output
        case .wait(_, let otherwise): otherwise
        }
    }

    /// The same of an operation that may wait: who gets a `Wait` can have a job wait in its place.
    public func tryToPerform(
        _ name: String, of service: Service, _ input: JSON, as principal: Principal, region: String
    ) throws -> Answer<JSON> {
        guard let operation = service.operation(named: name) else { throw AWSError("UnknownOperationException") }
        if let shape = service.model.api.operations[name]?.input { try service.check(input, shape) }
        let caller = Caller(
            region: region, principal: principal, requestID: self.caller.requestID, endpoint: self.caller.endpoint)
        let context = WriteContext(
            caller: caller, service: service.model.name, database: database, kernel: kernel, effects: effects,
            hops: hops + 1)
        context.cause = cause
        return try undoable {
            switch operation.handler {
            case .read(let handler), .longRead(let handler, _): return .done(try handler(input, context))
            case .write(let handler):
                let output = try handler(input, context)
                try context.emitCall(operation, of: service, input: input, output: output)
                return .done(output)
            case .waiting(let handler): return try handler(input, context)
            }
        }
    }

    /// Undoes what `body` did when it throws, and only that.
    func undoable<Output>(_ body: () throws -> Output) throws -> Output {
        let (signals, requests, touched) = (effects.signals.count, effects.requests.count, effects.touched.count)
        let closing = effects.closing.count
        try database.run("SAVEPOINT part")
        do {
            let output = try body()
            try database.run("RELEASE part")
            return output
        } catch {
            try database.run("ROLLBACK TO part")
            try database.run("RELEASE part")
            effects.signals.removeLast(effects.signals.count - signals)
            effects.requests.removeLast(effects.requests.count - requests)
            effects.touched.removeLast(effects.touched.count - touched)
            effects.closing.removeLast(effects.closing.count - closing)
            throw error
        }
    }
}

extension ReadContext {
    /// The service that boto3 knows by a name: `sqs`, `events`.
    public func service(named name: String) -> Service? { kernel.service(named: name) }

    /// The service that SDKs know by a name, whatever its case and blanks: `sqs`, `eventbridge`, `cognitoidentityprovider`.
    public func service(sdkName: String) -> Service? {
        kernel.services.first { service in
            service.model.serviceID.lowercased().filter { $0 != " " } == sdkName.lowercased()
        }
    }
}
