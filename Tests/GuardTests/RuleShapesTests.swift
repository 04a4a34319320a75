import Guard
import JSON
import Testing

/// Rules as people write them for templates: select resources of a type, skip without any, leave out those that say so.
@Suite struct RuleShapesTests {
    let encryption = """
        # Buckets are encrypted.
        let buckets = Resources.*[ Type == 'AWS::S3::Bucket'
          Metadata.guard.SuppressedRules not exists or
          Metadata.guard.SuppressedRules.* != "BUCKET_ENCRYPTED"
        ]

        rule BUCKET_ENCRYPTED when %buckets !empty {
          %buckets.Properties.BucketEncryption.ServerSideEncryptionConfiguration[*] {
            ServerSideEncryptionByDefault.SSEAlgorithm in ["aws:kms", "AES256"]
          }
          <<
            Violation: a bucket is not encrypted.
            Fix: set BucketEncryption.
          >>
        }
        """

    func bucket(_ algorithm: String) -> JSON {
        [
            "Type": "AWS::S3::Bucket",
            "Properties": [
                "BucketEncryption": [
                    "ServerSideEncryptionConfiguration": [
                        ["ServerSideEncryptionByDefault": ["SSEAlgorithm": .string(algorithm)]]
                    ]
                ]
            ],
        ]
    }

    @Test func bucketEncryption() throws {
        // The message behind a block belongs to nothing that cfn-guard knows, and is an error; behind a clause it is fine.
        #expect(failure(encryption)?.kind == .syntax)
        let policy = encryption.replacing(
            """
              }
              <<
                Violation: a bucket is not encrypted.
                Fix: set BucketEncryption.
              >>
            """, with: "  <<not encrypted>>\n  }")
        let name = "BUCKET_ENCRYPTED"
        #expect(try statuses(policy, template([:])) == [name: "SKIP"])
        #expect(try statuses(policy, template(["Q": ["Type": "AWS::SQS::Queue"]])) == [name: "SKIP"])
        #expect(try statuses(policy, template(["B": bucket("AES256")])) == [name: "PASS"])
        #expect(try statuses(policy, template(["A": bucket("AES256"), "B": bucket("none")])) == [name: "FAIL"])
        #expect(try statuses(policy, template(["B": ["Type": "AWS::S3::Bucket"]])) == [name: "FAIL"])
        let suppressed: JSON = [
            "Type": "AWS::S3::Bucket", "Metadata": ["guard": ["SuppressedRules": ["BUCKET_ENCRYPTED"]]],
        ]
        #expect(try statuses(policy, template(["B": suppressed])) == [name: "SKIP"])
    }

    @Test func policiesWithoutStars() throws {
        let policy = """
            let policies = Resources.*[ Type in [ /AWS::IAM::Policy/, /AWS::IAM::ManagedPolicy/ ] ]
            rule NO_STAR when %policies !empty {
              let violations = %policies[
                some Properties.PolicyDocument.Statement[*] {
                  Effect == "Allow"
                  some Action[*] in ["*", /^[a-z0-9]+:\\*$/]
                }
              ]
              %violations empty <<Statements name their actions.>>
            }
            """
        func document(_ action: JSON, _ effect: JSON = "Allow") -> JSON {
            template([
                "P": [
                    "Type": "AWS::IAM::Policy",
                    "Properties": ["PolicyDocument": ["Statement": [["Effect": effect, "Action": action]]]],
                ]
            ])
        }
        #expect(try statuses(policy, document("s3:GetObject")) == ["NO_STAR": "PASS"])
        #expect(try statuses(policy, document(["s3:GetObject", "s3:*"])) == ["NO_STAR": "FAIL"])
        #expect(try statuses(policy, document("*")) == ["NO_STAR": "FAIL"])
        #expect(try statuses(policy, document("*", "Deny")) == ["NO_STAR": "PASS"])
        let verdict = try Policy(policy).evaluate(document("*"), now: 0)
        #expect(verdict.checks.map(\.path) == ["/Resources/P"])
        #expect(verdict.checks.first?.customMessage == "Statements name their actions.")
    }

    @Test func portsThatAreOpen() throws {
        let policy = """
            rule NO_OPEN_SSH {
              AWS::EC2::SecurityGroup {
                when Properties.SecurityGroupIngress exists {
                  Properties.SecurityGroupIngress[*] {
                    CidrIp != "0.0.0.0/0" or
                    FromPort not in r[22,23]
                  }
                }
              }
            }
            """
        func document(_ ingress: JSON) -> JSON {
            template(["G": ["Type": "AWS::EC2::SecurityGroup", "Properties": ["SecurityGroupIngress": ingress]]])
        }
        #expect(try statuses(policy, document([["CidrIp": "0.0.0.0/0", "FromPort": 22]])) == ["NO_OPEN_SSH": "FAIL"])
        #expect(try statuses(policy, document([["CidrIp": "10.0.0.0/8", "FromPort": 22]])) == ["NO_OPEN_SSH": "PASS"])
        #expect(try statuses(policy, document([["CidrIp": "0.0.0.0/0", "FromPort": 443]])) == ["NO_OPEN_SSH": "PASS"])
        #expect(
            try statuses(policy, template(["G": ["Type": "AWS::EC2::SecurityGroup", "Properties": [:]]]))
                == ["NO_OPEN_SSH": "SKIP"])
    }

    @Test func databases() throws {
        let policy = """
            let instances = Resources.*[ Type == /AWS::RDS::DBInstance/ ]
            rule instances_exist { %instances !empty }
            rule multi_zone when instances_exist { %instances.Properties.MultiAZ == true <<use two zones>> }
            rule retention when instances_exist
              multi_zone
            {
              %instances.Properties {
                BackupRetentionPeriod exists
                BackupRetentionPeriod is_int
                BackupRetentionPeriod > 0
              }
            }
            """
        func document(_ properties: JSON) -> JSON {
            template(["D": ["Type": "AWS::RDS::DBInstance", "Properties": properties]])
        }
        #expect(
            try statuses(policy, document(["MultiAZ": true, "BackupRetentionPeriod": 7]))
                == ["instances_exist": "PASS", "multi_zone": "PASS", "retention": "PASS"])
        #expect(
            try statuses(policy, document(["MultiAZ": false, "BackupRetentionPeriod": 7]))
                == ["instances_exist": "PASS", "multi_zone": "FAIL", "retention": "SKIP"])
        #expect(
            try statuses(policy, document(["MultiAZ": true, "BackupRetentionPeriod": "7"]))
                == ["instances_exist": "PASS", "multi_zone": "PASS", "retention": "FAIL"])
        #expect(
            try statuses(policy, template([:]))
                == ["instances_exist": "FAIL", "multi_zone": "SKIP", "retention": "SKIP"])
    }

    @Test func configurationItems() throws {
        let policy = """
            rule owned when resourceType == "AWS::S3::Bucket" {
              tags."Owner team" exists
              configuration.name != /[A-Z]/
            }
            """
        let owned: JSON = [
            "resourceType": "AWS::S3::Bucket", "tags": ["Owner team": "web"], "configuration": ["name": "logs"],
        ]
        #expect(try statuses(policy, owned) == ["owned": "PASS"])
        #expect(try statuses(policy, ["resourceType": "AWS::S3::Bucket", "tags": [:]]) == ["owned": "FAIL"])
        #expect(try statuses(policy, ["resourceType": "AWS::SQS::Queue"]) == ["owned": "SKIP"])
        // cfn-guard ends with an error here; AWS Config says that a type block does not apply to its items.
        let forTemplates = "AWS::S3::Bucket { Properties exists }"
        #expect(try statuses(forTemplates, owned) == ["default": "SKIP"])
        #expect(try statuses(forTemplates, template([:])) == ["default": "SKIP"])
    }
}
