import Guard
import JSON
import Kernel

/// The managed rules about policies of resources and of IAM.
enum PolicyRules {
    static let functions: [String: Judge.Function] = [
        "SNS_TOPIC_NO_PUBLIC_ACCESS": { subject, _ in
            noPublicAccess(subject.configuration["Policy"], "/configuration/Policy")
        },
        "SQS_QUEUE_NO_PUBLIC_ACCESS": { subject, _ in
            noPublicAccess(subject.configuration["Policy"], "/configuration/Policy")
        },
        "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED": { subject, _ in
            let policy = subject.resource.supplementaryConfiguration["Policy"]
            return noPublicAccess(policy, "/supplementaryConfiguration/Policy")
        },
        "SQS_QUEUE_POLICY_FULL_ACCESS_CHECK": noFullAccess,
        "S3_BUCKET_SSL_REQUESTS_ONLY": sslOnly,
        "S3_BUCKET_PUBLIC_READ_PROHIBITED": { subject, _ in
            noPublicBucket(subject, ["Read", "FullControl"], ["s3:GetObject", "s3:ListBucket"])
        },
        "S3_BUCKET_PUBLIC_WRITE_PROHIBITED": { subject, _ in
            noPublicBucket(subject, ["Write", "FullControl"], ["s3:PutObject", "s3:DeleteObject"])
        },
        "S3_BUCKET_ACL_PROHIBITED": noForeignGrants,
        "S3_BUCKET_BLACKLISTED_ACTIONS_PROHIBITED": noBlacklistedActions,
        "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS": { subject, _ in
            statements(subject) { $0.actions.contains("*") && $0.resources.contains("*") }
        },
        "IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS": { subject, _ in statements(subject) { !$0.fullActions.isEmpty } },
        "IAM_CUSTOMER_POLICY_BLOCKED_KMS_ACTIONS": blockedKMSActions,
        "IAM_INLINE_POLICY_BLOCKED_KMS_ACTIONS": blockedKMSActions,
    ]

    /// What those of them read that are about few parts of an item.
    static let footprints: [String: Footprint] = [
        "SNS_TOPIC_NO_PUBLIC_ACCESS": Footprint(["configuration.Policy"]),
        "SQS_QUEUE_NO_PUBLIC_ACCESS": Footprint(["configuration.Policy"]),
        "SQS_QUEUE_POLICY_FULL_ACCESS_CHECK": Footprint(["configuration.Policy"]),
        "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED": Footprint(["supplementaryConfiguration.Policy"]),
    ]

    private static func problem(_ statement: PolicyReading.Statement, _ clause: String, _ path: String, _ text: String)
        -> Judgement.Finding
    {
        Judgement.Finding(clause: clause, path: path, text: "\(statement.name) \(text)")
    }

    // MARK: Public access

    private static func noPublicAccess(_ policy: JSON?, _ path: String) -> Judgement {
        Judgement(
            PolicyReading(policy).statements.filter(\.isPublic).map {
                problem(
                    $0, "no statement grants to everybody", path,
                    "grants to everybody, without a condition that pins who.")
            })
    }

    private static func noFullAccess(_ subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        Judgement(
            PolicyReading(subject.configuration["Policy"]).statements.filter { statement in
                statement.allows && statement.actions.contains { ["sqs:*", "*"].contains($0.lowercased()) }
            }.map { problem($0, "no statement allows SQS:*", "/configuration/Policy", "allows all actions of SQS.") })
    }

    // MARK: Buckets

    private static func bucketPolicy(_ subject: RuleSubject) -> PolicyReading {
        PolicyReading(subject.resource.supplementaryConfiguration["BucketPolicy"]?["policyText"])
    }

    private static let bucketPolicyPath = "/supplementaryConfiguration/BucketPolicy/policyText"

    private static func sslOnly(_ subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        let denies = bucketPolicy(subject).statements.contains { statement in
            !statement.allows && statement.principals["AWS"]?.contains("*") == true
                && statement.actions.contains { $0 == "*" || $0.lowercased() == "s3:*" }
                && statement.conditions.contains { operation, key, values in
                    operation.lowercased() == "bool" && key == "aws:securetransport" && values == ["false"]
                }
        }
        guard !denies else { return .compliant }
        return .nonCompliant(
            "The policy of the bucket does not deny requests without TLS.",
            clause: "a statement denies s3:* where aws:SecureTransport is false", path: bucketPolicyPath)
    }

    private static func block(_ subject: RuleSubject, _ name: String) -> Bool {
        subject.resource.supplementaryConfiguration["PublicAccessBlockConfiguration"]?[name]?.bool == true
    }

    private static func grants(_ subject: RuleSubject) -> [JSON] {
        // AWS has this value as JSON text within JSON.
        let list = subject.resource.supplementaryConfiguration["AccessControlList"]
        let parsed = list?.string.flatMap { try? JSON(parsing: $0) } ?? list
        return parsed?["grantList"]?.array ?? []
    }

    private static func noPublicBucket(_ subject: RuleSubject, _ permissions: Set<String>, _ actions: [String])
        -> Judgement
    {
        var problems: [Judgement.Finding] = []
        if !block(subject, "restrictPublicBuckets") {
            problems += bucketPolicy(subject).statements.filter { statement in
                statement.isPublic
                    && statement.actions.contains { pattern in actions.contains { matches(pattern, $0) } }
            }.map { problem($0, "no statement grants to everybody", bucketPolicyPath, "grants to everybody.") }
        }
        if !block(subject, "ignorePublicAcls") {
            problems += grants(subject).filter { grant in
                ["AllUsers", "AuthenticatedUsers"].contains(grant["grantee"]?.string ?? "")
                    && permissions.contains(grant["permission"]?.string ?? "")
            }.map { grant in
                Judgement.Finding(
                    clause: "the ACL grants nothing to everybody",
                    path: "/supplementaryConfiguration/AccessControlList",
                    value: grant, text: "The ACL grants to everybody.")
            }
        }
        return Judgement(problems)
    }

    private static func noForeignGrants(_ subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        let list = subject.resource.supplementaryConfiguration["AccessControlList"]
        let owner = (list?.string.flatMap { try? JSON(parsing: $0) } ?? list)?["owner"]?["id"]
        return Judgement(
            grants(subject).filter { $0["grantee"]?["id"] == nil || $0["grantee"]?["id"] != owner }.map { grant in
                Judgement.Finding(
                    clause: "the ACL grants to the owner only", path: "/supplementaryConfiguration/AccessControlList",
                    value: grant, text: "The ACL grants to others than the owner.")
            })
    }

    /// Conditions do not count. Source: the rule's page.
    private static func noBlacklistedActions(_ subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        let patterns =
            parameters.texts("blacklistedActionPattern") ?? [parameters["blacklistedActionPattern"]?.string ?? ""]
        return Judgement(
            bucketPolicy(subject).statements.filter { statement in
                let isForeign = statement.principals["AWS"]?.contains { !$0.contains(subject.account) } ?? false
                return statement.allows && isForeign
                    && statement.actions.contains { action in
                        patterns.contains { matches($0, action) || matches(action, $0) }
                    }
            }.map {
                problem(
                    $0, "no statement allows other accounts what is blacklisted", bucketPolicyPath,
                    "allows it to another account.")
            })
    }

    // MARK: IAM

    /// The documents of a customer's policy, or those inside a user, group or role; each with where it stands.
    private static func documents(_ subject: RuleSubject) -> [(path: String, policy: PolicyReading)] {
        if let versions = subject.configuration["policyVersionList"]?.array {
            return versions.enumerated().filter { $1["isDefaultVersion"]?.bool == true }.map {
                ("/configuration/policyVersionList/\($0)/document", PolicyReading($1["document"]))
            }
        }
        return ["userPolicyList", "groupPolicyList", "rolePolicyList"].flatMap { list in
            (subject.configuration[list]?.array ?? []).enumerated().map {
                ("/configuration/\(list)/\($0)/policyDocument", PolicyReading($1["policyDocument"]))
            }
        }
    }

    private static func statements(
        _ subject: RuleSubject, where isBad: (PolicyReading.Statement) -> Bool
    ) -> Judgement {
        Judgement(
            documents(subject).flatMap { path, policy in
                policy.statements.filter { $0.allows && isBad($0) }.map {
                    problem($0, "no statement allows all", path, "allows \($0.actions.joined(separator: ", ")).")
                }
            })
    }

    private static func blockedKMSActions(_ subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        let patterns = parameters.texts("blockedActionsPatterns") ?? []
        return statements(subject) { statement in
            statement.actions.contains { action in patterns.contains { matches($0, action) || matches(action, $0) } }
                && statement.resources.contains { $0 == "*" || ($0.contains(":kms:") && $0.hasSuffix(":key/*")) }
        }
    }

    /// `*` and `?` stand for any text and any character; case does not count in actions.
    private static func matches(_ pattern: String, _ text: String) -> Bool {
        Wildcard.matches(Array(pattern.lowercased().utf8), Array(text.lowercased().utf8))
    }
}
