import JSON
import Testing

@testable import Config

/// What the functions of templates come to, by the pages of CloudFormation's user guide.
struct PackTemplateTests {
    /// A template with parameters and conditions to try functions in.
    private static let template = """
        Parameters:
          Age: {Type: Number, Default: 90}
          Empty: {Type: String, Default: ''}
          Ports: {Type: CommaDelimitedList, Default: 'a, b,c'}
        Mappings:
          Ages: {us-east-1: {keys: '30'}}
        Conditions:
          HasAge: !Not [!Equals [!Ref Age, '']]
          IsEmpty: !Equals [!Ref Empty, '']
          Both: !And [!Condition HasAge, {Condition: IsEmpty}]
          Either: !Or [!Equals [a, b], !Condition IsEmpty]
          Neither: !Not [!Condition Either]
        Resources:
          Rule:
            Type: AWS::Config::ConfigRule
            Properties: {Source: {Owner: AWS, SourceIdentifier: SNS_ENCRYPTED_KMS}}
        """

    private func evaluation(_ text: String = template) throws -> TemplateEvaluation {
        let template = try PackTemplate(parsing: text)
        var evaluation = TemplateEvaluation(
            template, try template.parameterValues([:]),
            pseudoParameters: ["AWS::Region": "us-east-1", "AWS::Partition": "aws"])
        evaluation.references = ["Rule": "the-rule"]
        return evaluation
    }

    private func value(_ json: JSON) throws -> JSON? { try evaluation().value(of: json) }

    private func complaint(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? TemplateError)?.message
        }
    }

    @Test func references() throws {
        #expect(try value(["Ref": "Age"]) == "90")
        #expect(try value(["Ref": "Ports"]) == ["a", "b", "c"])
        #expect(try value(["Ref": "AWS::Region"]) == "us-east-1")
        #expect(try value(["Ref": "Rule"]) == "the-rule")
        #expect(
            complaint { _ = try value(["Ref": "Nobody"]) }
                == "Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template"
        )
    }

    @Test func noValueRemovesWhatItStandsFor() throws {
        #expect(try value(["a": ["Ref": "AWS::NoValue"], "b": 1]) == ["b": 1])
        #expect(try value([1, ["Ref": "AWS::NoValue"], 2]) == [1, 2])
        #expect(try value(["a": ["Fn::If": ["Neither", "x", ["Ref": "AWS::NoValue"]]]]) == [:])
    }

    @Test func substitution() throws {
        #expect(
            try value(["Fn::Sub": "arn:${AWS::Partition}:x:${AWS::Region}:${Rule}"]) == "arn:aws:x:us-east-1:the-rule")
        #expect(
            try value(["Fn::Sub": ["${Name} is ${Age} ${!Literal} $5", ["Name": ["Ref": "Rule"]]]])
                == "the-rule is 90 ${Literal} $5")
        #expect(
            complaint { _ = try value(["Fn::Sub": "${Ports}"]) }
                == "Template error: variable Ports in Fn::Sub expression does not resolve to a string")
    }

    @Test func lists() throws {
        #expect(try value(["Fn::Join": ["-", ["a", ["Ref": "Age"], 1]]]) == "a-90-1")
        #expect(try value(["Fn::Join": [",", ["Ref": "Ports"]]]) == "a,b,c")
        #expect(try value(["Fn::Split": ["::", "a::b::"]]) == ["a", "b", ""])
        #expect(try value(["Fn::Select": ["1", ["Ref": "Ports"]]]) == "b")
        #expect(
            complaint { _ = try value(["Fn::Select": [3, ["Ref": "Ports"]]]) }
                == "Template error: Fn::Select cannot select nonexistent value at index 3")
        #expect(try value(["Fn::FindInMap": ["Ages", ["Ref": "AWS::Region"], "keys"]]) == "30")
        #expect(try value(["Fn::Base64": "AWS CloudFormation"]) == "QVdTIENsb3VkRm9ybWF0aW9u")
    }

    @Test(arguments: [
        ("HasAge", true), ("IsEmpty", true), ("Both", true), ("Either", true), ("Neither", false),
    ])
    func conditions(_ name: String, _ expected: Bool) throws {
        #expect(try evaluation().isTrue(name) == expected)
        #expect(try value(["Fn::If": [.string(name), "yes", "no"]]) == (expected ? "yes" : "no"))
    }

    @Test func conditionsMustNotTurnInCircles() throws {
        let text = Self.template.replacing(
            "HasAge: !Not [!Equals [!Ref Age, '']]", with: "HasAge: !Not [!Condition Both]")
        #expect(
            complaint { _ = try evaluation(text).isTrue("Both") }?.contains("circular condition dependency") == true)
    }

    @Test func functionsOfOtherPlacesAreRefused() {
        #expect(
            complaint { _ = try value(["Fn::Equals": ["a", "a"]]) }
                == "Template error: Fn::Equals is only supported in Conditions")
        #expect(
            complaint { _ = try value(["Fn::ImportValue": "x"]) }
                == "Template error: the function Fn::ImportValue is not supported in conformance packs")
    }

    @Test(arguments: [
        ("{Type: String, AllowedValues: [a, b]}", "a", "c"),
        ("{Type: String, AllowedPattern: '[a-z]+'}", "abc", "abc1"),
        ("{Type: String, MinLength: 2, MaxLength: '3'}", "ab", "abcd"),
        ("{Type: Number, MinValue: 1, MaxValue: 10}", "10", "11"),
        ("{Type: Number}", "-1.5", "one"), ("{Type: List<Number>}", "1,2", "1,two"),
    ])
    func parametersAreChecked(_ declaration: String, _ good: String, _ bad: String) throws {
        let text = Self.template.replacing("  Empty: {Type: String, Default: ''}", with: "  Empty: \(declaration)")
        let template = try PackTemplate(parsing: text)
        _ = try template.parameterValues(["Empty": good])
        #expect(complaint { _ = try template.parameterValues(["Empty": bad]) }?.contains("arameter 'Empty'") == true)
    }

    @Test func resourcesBecomeWhatTheOperationsTake() throws {
        let text = """
            Resources:
              Keys:
                Type: AWS::Config::ConfigRule
                Properties:
                  ConfigRuleName: keys
                  InputParameters: {maxAccessKeyAge: 90, flags: true, list: [a, b]}
                  Source: {Owner: AWS, SourceIdentifier: ACCESS_KEYS_ROTATED}
              Fix:
                Type: AWS::Config::RemediationConfiguration
                DependsOn: Keys
                Properties:
                  ConfigRuleName: !Ref Keys
                  TargetId: AWS-PublishSNSNotification
                  TargetType: SSM_DOCUMENT
                  Automatic: 'true'
                  MaximumAutomaticAttempts: '5'
                  Parameters: {TopicArn: {StaticValue: {Value: [arn]}}, Message: {ResourceValue: {Value: RESOURCE_ID}}}
            """
        let resources = try PackResources(try evaluation(text))
        #expect(
            resources.rules.map(\.rule.json) == [
                [
                    "ConfigRuleName": "keys",
                    "InputParameters": #"{"maxAccessKeyAge":"90","flags":"true","list":"a,b"}"#,
                    "Source": ["Owner": "AWS", "SourceIdentifier": "ACCESS_KEYS_ROTATED"],
                ]
            ])
        #expect(
            resources.remediations == [
                [
                    "ConfigRuleName": "keys", "TargetId": "AWS-PublishSNSNotification", "TargetType": "SSM_DOCUMENT",
                    "Automatic": true, "MaximumAutomaticAttempts": 5,
                    "Parameters": [
                        "TopicArn": ["StaticValue": ["Values": ["arn"]]],
                        "Message": ["ResourceValue": ["Value": "RESOURCE_ID"]],
                    ],
                ]
            ])
        #expect(PackResources(json: resources.json).json == resources.json)
    }
}
