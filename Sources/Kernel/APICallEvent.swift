import JSON
import Model

/// `AWS API Call via CloudTrail`: what EventBridge is told of calls that change something.
///
/// Source: the CloudTrail user guide's page "CloudTrail record contents for management events".
extension WriteContext {
    /// Puts the record of a call on the caller's default bus, where somebody listens. Calls that read make none, nor do
    /// calls of the data plane, such as SendMessage.
    func emitCall(_ operation: Operation, of service: Service, input: JSON, output: JSON) throws {
        guard !service.dataOperations.contains(operation.name), let (owner, router) = kernel.eventRouter,
            try router.hasListeners(acting(as: owner))
        else { return }
        let model = service.model
        let facts = model.api.operations[operation.name]
        let response = facts?.output.map { Self.recorded(output, $0) } ?? .null
        try emit(
            Event(
                source: "aws.\(model.name)", detailType: Event.callType, resources: [],
                detail: .object([
                    "eventVersion": "1.11", "userIdentity": userIdentity,
                    "eventTime": .string(now.iso8601(fraction: false)),
                    "eventSource": .string("\(model.name).amazonaws.com"), "eventName": .string(operation.name),
                    "awsRegion": .string(region), "sourceIPAddress": "127.0.0.1", "userAgent": "windtunnel",
                    "requestParameters": facts?.input.map { Self.recorded(input, $0) } ?? .null,
                    "responseElements": response.object?.isEmpty == true ? .null : response,
                    "requestID": .string(caller.requestID), "eventID": .string(random.uuid()), "readOnly": false,
                    "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": .string(account),
                    "eventCategory": "Management",
                ])))
    }

    private var userIdentity: JSON {
        let resource = ARN(principal.arn)?.resource ?? ""
        let type =
            resource == "root"
            ? "Root" : resource.hasPrefix("assumed-role/") ? "AssumedRole" : "IAMUser"
        var identity = JSONObject([
            ("type", .string(type)), ("principalId", .string(principal.userID)), ("arn", .string(principal.arn)),
            ("accountId", .string(principal.account)),
        ])
        if let key = principal.sessionKeyID { identity["accessKeyId"] = .string(key) }
        return .object(identity)
    }

    /// Members begin with a small letter there, and what the model calls sensitive is hidden.
    private static func recorded(_ value: JSON, _ shape: Shape) -> JSON {
        if shape.isSensitive { return "HIDDEN_DUE_TO_SECURITY_REASONS" }
        switch (shape.kind, value) {
        case (.structure, .object(let object)):
            return .object(
                JSONObject(
                    shape.members.compactMap { member in
                        object[member.name].map { (member.lowerName, recorded($0, member.shape)) }
                    }))
        case (.list, .array(let items)):
            return .array(items.map { item in shape.item.map { recorded(item, $0.shape) } ?? item })
        case (.map, .object(let object)):
            return .object(
                JSONObject(
                    object.map { member in
                        (member.name, shape.value.map { recorded(member.value, $0.shape) } ?? member.value)
                    }))
        default: return value
        }
    }
}
