import JSON
import Kernel
import Model

/// What CreatePipe and UpdatePipe are given, checked and with AWS's defaults, as DescribePipe shows it.
struct PipeSettings {
    /// Members of DescribePipeResponse.
    private(set) var json: JSON

    private static let members = [
        "Description", "Source", "SourceParameters", "Enrichment", "EnrichmentParameters", "Target", "TargetParameters",
        "RoleArn", "LogConfiguration", "KmsKeyIdentifier",
    ]
    /// What may be given empty, and is removed by that.
    private static let removable = ["Description", "Enrichment", "KmsKeyIdentifier"]

    private var view: DescribePipeResponse { DescribePipeResponse(json: json) }

    /// What was checked when it was stored.
    init(stored json: JSON) { self.json = json }

    init(_ input: CreatePipeRequest, in context: ReadContext) throws {
        json = [:]
        try replace(by: input.json, in: context)
    }

    /// What is given replaces what was there; of parameters, what is for one service is replaced as a whole.
    ///
    /// Source: the reference of UpdatePipe. The source cannot be given there.
    func updated(by input: UpdatePipeRequest, in context: ReadContext) throws -> PipeSettings {
        var settings = self
        try settings.replace(by: input.json, in: context)
        return settings
    }

    private mutating func replace(by input: JSON, in context: ReadContext) throws {
        let earlierTarget = ARN(json["Target"]?.string ?? "").flatMap(PipeTarget.init)
        var object = json.object ?? JSONObject()
        for name in Self.members {
            guard let given = input[name], !given.isNull else { continue }
            guard name.hasSuffix("Parameters") else {
                object[name] = Self.removable.contains(name) && given == "" ? nil : given
                continue
            }
            var parameters = object[name]?.object ?? JSONObject()
            for member in given.object ?? JSONObject() where !member.value.isNull {
                parameters[member.name] = Self.isNothing(member.value) ? nil : member.value
            }
            object[name] = parameters.isEmpty ? nil : .object(parameters)
        }
        if input["Enrichment"] == "", input["EnrichmentParameters"] == nil { object["EnrichmentParameters"] = nil }
        json = .object(object)
        // The parameters of the service that was the target before mean nothing to another.
        if let earlierTarget, let name = earlierTarget.parameters, name != target(in: json)?.parameters,
            input["TargetParameters"]?[name] == nil
        {
            removeTargetParameter(name)
        }
        try PipeCheck(json: json, context: context).check()
        setDefaults()
        try PipeCheck(json: json, context: context).checkBatch()
    }

    /// An empty template or an empty list of filters removes the one that was there.
    private static func isNothing(_ value: JSON) -> Bool {
        value == "" || value.object?.isEmpty == true || value["Filters"]?.array?.isEmpty == true
    }

    private mutating func removeTargetParameter(_ name: String) {
        var object = json.object ?? JSONObject()
        var parameters = object["TargetParameters"]?.object ?? JSONObject()
        parameters[name] = nil
        object["TargetParameters"] = parameters.isEmpty ? nil : .object(parameters)
        json = .object(object)
    }

    /// Source: a pipe that was made with nothing but what is required, as tests of Terraform's provider find it on AWS.
    private mutating func setDefaults() {
        var object = json.object ?? JSONObject()
        var parameters = object["SourceParameters"]?.object ?? JSONObject()
        var queue = parameters["SqsQueueParameters"]?.object ?? JSONObject()
        if queue["BatchSize"] == nil { queue["BatchSize"] = .number(min(Self.batchSize, batchLimit)) }
        if queue["MaximumBatchingWindowInSeconds"] == nil { queue["MaximumBatchingWindowInSeconds"] = 0 }
        parameters["SqsQueueParameters"] = .object(queue)
        object["SourceParameters"] = .object(parameters)
        json = .object(object)
    }

    private func target(in json: JSON) -> PipeTarget? { ARN(json["Target"]?.string ?? "").flatMap(PipeTarget.init) }

    // MARK: Reading

    private static let batchSize = 10

    var source: String { view.source ?? "" }
    var target: String { view.target ?? "" }
    var enrichment: String? { view.enrichment }
    var roleArn: String { view.roleArn ?? "" }
    var batchSize: Int { view.sourceParameters?.sqsQueueParameters?.batchSize ?? Self.batchSize }
    var windowSeconds: Int { view.sourceParameters?.sqsQueueParameters?.maximumBatchingWindowInSeconds ?? 0 }
    var filters: [String] { (view.sourceParameters?.filterCriteria?.filters ?? []).compactMap(\.pattern) }
    var enrichmentParameters: PipeEnrichmentParameters? { view.enrichmentParameters }
    var targetParameters: PipeTargetParameters? { view.targetParameters }
    var logConfiguration: PipeLogConfiguration? { view.logConfiguration }
    func transforms(_ stage: Execution.Stage) -> Bool {
        switch stage {
        case .enrichment: enrichmentParameters?.inputTemplate != nil
        case .target: targetParameters?.inputTemplate != nil
        }
    }

    var hasKey: Bool { view.kmsKeyIdentifier != nil }

    /// The most records in a batch: an API destination takes one at a time.
    var batchLimit: Int { enrichment == nil ? target(in: json)?.batchLimit ?? Self.batchSize : 1 }

    /// Who receives messages and calls the target.
    func principal(sessionName: String) throws(AWSError) -> Principal {
        guard let role = Role(arn: roleArn) else { throw .pipeField("RoleArn", "\(roleArn) is no role.") }
        return role.principal(sessionName: sessionName)
    }
}
