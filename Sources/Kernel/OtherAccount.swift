extension ReadContext {
    /// The same view of the store in the eyes of another account, or in another Region.
    public func reading(account: String, region: String) -> ReadContext {
        if account == self.account, region == self.region { return self }
        return ReadContext(
            caller: caller(in: account, region, by: nil), service: service, database: database, kernel: kernel)
    }

    fileprivate func caller(in account: String, _ region: String, by servicePrincipal: String?) -> Caller {
        let principal =
            servicePrincipal.map { Principal(account: account, arn: $0, userID: $0, sessionKeyID: nil) }
            ?? .root(of: account, region: region)
        return Caller(
            region: region, principal: principal, requestID: caller.requestID, endpoint: caller.endpoint)
    }
}

extension WriteContext {
    /// The same transaction in the hands of the same service, which does by itself what it has to do in another account.
    ///
    /// - Parameter servicePrincipal: as whom the service acts there: `config-multiaccountsetup.amazonaws.com`.
    public func acting(in account: String, as servicePrincipal: String) -> WriteContext {
        let context = WriteContext(
            caller: caller(in: account, region, by: servicePrincipal), service: service, database: database,
            kernel: kernel, effects: effects, hops: hops + 1)
        context.cause = cause
        return context
    }
}
