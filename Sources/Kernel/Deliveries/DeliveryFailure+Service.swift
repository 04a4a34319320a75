import Model

extension DeliveryFailure {
    /// What a service said to an operation that was called in place of a delivery, named as SDKs name it; SQS has its older
    /// names still.
    public init(_ error: AWSError, of service: Service) {
        let facts = service.model.api.error(error.code)
        let code = error.inQuery?.code ?? facts?.code ?? error.code
        let status = error.status ?? facts?.status ?? 400
        let isRetryable = status >= 500 || status == 429 || Self.retryable.contains { code.contains($0) }
        self.init(code, error.inQuery?.message ?? error.message ?? code, isRetryable: isRetryable)
    }

    /// What SDKs try again though the status says no.
    private static let retryable = [
        "Throttl", "RequestLimitExceeded", "ProvisionedThroughputExceeded", "InternalFailure",
    ]
}
