import JSON
import Kernel
import Model
import TestKernel
import Testing

/// A service that calls the operation of another one, and that other one.
private enum Pair {
    struct Values: ShapeView {
        let json: JSON
        init(json: JSON) { self.json = json }
    }

    private static func model(_ name: String, _ text: ServiceModel.Text) -> ServiceModel {
        ServiceModel(
            name: name, title: name, apiVersion: "2030-01-01", wireProtocol: .restJson, targetPrefix: nil,
            signingName: name, serviceID: "\(name) Service", xmlNamespace: nil, isQueryCompatible: false,
            text: text)
    }

    static func arn(_ name: String, in context: ReadContext) -> ARN { context.arn("thing/\(name)") }

    /// Tags a thing, and fails where it is told to.
    static let inner = Service(
        model: model(
            "inner",
            #"""
            {"operations": {"Tag": {"input": "In"}}, "shapes": {"S": {"type": "string", "min": 1},
            "In": {"type": "structure", "required": ["Name"], "members": {"Name": "S", "Fails": "S"}}}}
            """#),
        operations: [
            .write("Tag") { (input: Values, context: WriteContext) -> Values in
                let name = input.json["Name"]?.string ?? ""
                try context.setTag(.init(key: name, value: context.principal.arn), on: arn("inner", in: context))
                if input.json["Fails"] != nil { throw AWSError("Failed", "It was told to.") }
                return Values(json: ["Tagged": .string(name)])
            },
            .read("Tags") { (_: Values, context: ReadContext) -> Values in
                let tags = try context.tags(of: arn("inner", in: context)).map { ($0.key, JSON.string($0.value)) }
                return Values(json: .object(JSONObject(tags)))
            },
        ])

    /// Performs the operation and answers what came of it.
    static let outer = Service(
        model: model("outer", #"{"operations": {"Call": {}}, "shapes": {}}"#),
        operations: [
            .write("Call") { (input: Values, context: WriteContext) -> Values in
                guard let role = Role(arn: "arn:aws:iam::111111111111:role/r"),
                    let service = context.service(sdkName: "innerservice")
                else { throw AWSError("NotFound") }
                do {
                    let output = try context.perform(
                        input.json["Operation"]?.string ?? "Tag", of: service, input.json["Input"] ?? [:],
                        as: role.principal(sessionName: "s"), region: context.region)
                    return Values(json: ["Output": output])
                } catch let error as AWSError {
                    return Values(json: ["Error": .string(error.code)])
                }
            }
        ])
}

@Suite struct PerformTests {
    @Test func anOperationOfAnotherServiceIsPartOfTheTransaction() async throws {
        let aws = try await TestKernel(Pair.outer, Pair.inner)
        #expect(try await aws.call("Call", ["Input": ["Name": "a"]]) == ["Output": ["Tagged": "a"]])
        #expect(try await aws.call("Tags") == ["a": "arn:aws:sts::111111111111:assumed-role/r/s"])
    }

    @Test func whatFailsIsUndoneAlone() async throws {
        let aws = try await TestKernel(Pair.outer, Pair.inner)
        #expect(try await aws.call("Call", ["Input": ["Name": "a", "Fails": "yes"]]) == ["Error": "Failed"])
        #expect(try await aws.call("Tags") == [:])
    }

    @Test func theInputIsValidated() async throws {
        let aws = try await TestKernel(Pair.outer, Pair.inner)
        #expect(try await aws.call("Call", ["Input": ["Name": ""]]) == ["Error": "ValidationException"])
        #expect(try await aws.call("Call", ["Input": ["Name": 1]]) == ["Error": "SerializationException"])
    }

    @Test func whatIsNotServedIsUnknown() async throws {
        let aws = try await TestKernel(Pair.outer, Pair.inner)
        #expect(try await aws.call("Call", ["Operation": "Fly"]) == ["Error": "UnknownOperationException"])
    }
}
