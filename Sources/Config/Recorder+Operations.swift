import JSON
import Kernel
import Model

extension Config {
    /// Shows the account's own recorder, unless a service's is asked for.
    @Sendable static func describeConfigurationRecorders(
        _ input: DescribeConfigurationRecordersRequest, in context: ReadContext
    ) throws -> DescribeConfigurationRecordersResponse {
        context.access("config:DescribeConfigurationRecorders", on: "*")
        let recorder = try StoredRecorder.own(in: context)
        return DescribeConfigurationRecordersResponse(configurationRecorders: recorder.map { [$0.settings] } ?? [])
    }
}
