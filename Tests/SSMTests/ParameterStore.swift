import JSON
import Kernel
import Model
import SSM
import TestKernel

/// Short words for what most tests of Parameter Store do.
struct ParameterStore {
    let aws: TestKernel

    init() async throws { aws = try await TestKernel(SSM.service) }

    @discardableResult
    func call(_ operation: String, _ input: JSON = [:], as caller: Caller = .account("111111111111")) async throws
        -> JSON
    {
        try await aws.call(operation, input, as: caller)
    }

    /// Puts a `String`, unless `more` names another type.
    @discardableResult
    func put(_ name: String, _ value: String = "v", _ more: JSON = [:]) async throws -> JSON {
        let input: JSON = ["Name": .string(name), "Value": .string(value), "Type": "String"]
        return try await call("PutParameter", Self.merged(input, more))
    }

    /// Puts a new version; what is not named stays as it is.
    @discardableResult
    func overwrite(_ name: String, _ value: String = "v", _ more: JSON = [:]) async throws -> JSON {
        let input: JSON = ["Name": .string(name), "Value": .string(value), "Overwrite": true]
        return try await call("PutParameter", Self.merged(input, more))
    }

    func get(_ name: String, decrypts: Bool = false, as caller: Caller = .account("111111111111")) async throws -> JSON
    {
        let answer = try await call(
            "GetParameter", ["Name": .string(name), "WithDecryption": .bool(decrypts)], as: caller)
        return answer["Parameter"] ?? .null
    }

    func value(_ name: String) async throws -> String? { try await get(name)["Value"]?.string }

    /// The names in an answer that lists parameters.
    func names(_ operation: String, _ input: JSON = [:]) async throws -> [String] {
        try await call(operation, input)["Parameters"]?.array?.compactMap { $0["Name"]?.string } ?? []
    }

    /// What DescribeParameters says of one parameter.
    func description(of name: String) async throws -> JSON {
        let filter: JSON = ["Key": "Name", "Values": [.string(name)]]
        return try await call("DescribeParameters", ["ParameterFilters": [filter]])["Parameters"]?.array?.first ?? .null
    }

    private static func merged(_ members: JSON, _ more: JSON) -> JSON {
        var object = members.object ?? JSONObject()
        for (name, value) in more.object ?? JSONObject() { object[name] = value }
        return .object(object)
    }
}

extension JSON {
    /// The strings of a list.
    var strings: [String] { array?.compactMap(\.string) ?? [] }
}
