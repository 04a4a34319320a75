#!/usr/bin/env bash
# The life of a rule of AWS Config: a recorder, rules for topics and queues, a mail to the team about each resource that
# breaks one, and a remediation that encrypts topics by itself. What takes AWS minutes is over at once here.
#
#     windtunnel exec -- Scripts/examples/compliance.sh
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export AWS_PAGER="" AWS_DEFAULT_OUTPUT=text
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}
arn() { echo "arn:aws:$1:$region:$account:$2"; }

# Version 1 of the AWS CLI overlooks AWS_ENDPOINT_URL for SQS alone.
sqs() { aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} sqs "$@"; }
config() { aws configservice "$@"; }
page() { curl -sS -H "X-Account: $account" -H "X-Region: $region" "$AWS_ENDPOINT_URL$1" "${@:2}"; }
settle() { page /_windtunnel/settle -X POST > "$work/settled"; }
say() { printf '\n== %s\n' "$*"; }
# Calls that do not need each other are made side by side: most of the time goes into starting the CLI.
calls=()
also() { "$@" > "$work/answer-${#calls[@]}" & calls+=($!); }
all() { for call in "${!calls[@]}"; do wait "${calls[$call]}"; cat "$work/answer-$call"; done; calls=(); }

say "a recorder, and a topic for the team: Config says there what it does, and a rule of EventBridge what is wrong"
rule=$(aws events put-rule --name non-compliant --event-pattern '{"source":["aws.config"],
  "detail-type":["Config Rules Compliance Change"],
  "detail":{"newEvaluationResult":{"complianceType":["NON_COMPLIANT"]}}}')
account=$(cut -d: -f5 <<< "$rule")
policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},
  "Action":"sns:Publish","Resource":"'$(arn sns alerts)'"}]}'
P=$policy python3 -c 'import json, os; print(json.dumps({"Policy": os.environ["P"]}))' > "$work/alerts"
also aws sns create-topic --name alerts --attributes "file://$work/alerts"
also config put-configuration-recorder --configuration-recorder "name=default,roleARN=arn:aws:iam::$account:role/config"
all
also config put-delivery-channel --delivery-channel "name=default,s3BucketName=config,snsTopicARN=$(arn sns alerts)"
also aws sns subscribe --topic-arn "$(arn sns alerts)" --protocol email --notification-endpoint team@example.com
all
link=$(page /_windtunnel/mail | python3 -c 'import json, sys; print(json.load(sys.stdin)["mails"][0]["link"])')
curl -sS "$link" > "$work/confirmed"

say "two rules: one of AWS's for the topics of the shop, one in Guard for queues"
cat > "$work/topics" <<'JSON'
{"ConfigRuleName": "topics-are-encrypted", "Scope": {"TagKey": "app", "TagValue": "shop"},
 "Source": {"Owner": "AWS", "SourceIdentifier": "SNS_ENCRYPTED_KMS"}}
JSON
python3 > "$work/queues" <<'PYTHON'
import json
policy = """
rule dead_letters when resourceType == "AWS::SQS::Queue" resourceName != /-dead$/ {
    configuration.RedrivePolicy exists <<Messages that fail are lost: there is no dead-letter queue.>>
}
"""
print(json.dumps({
    "ConfigRuleName": "queues-have-dead-letters", "Scope": {"ComplianceResourceTypes": ["AWS::SQS::Queue"]},
    "Source": {"Owner": "CUSTOM_POLICY",
               "SourceDetails": [{"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"}],
               "CustomPolicyDetails": {"PolicyRuntime": "guard-2.x.x", "PolicyText": policy}}}))
PYTHON
cat > "$work/targets" <<JSON
[{"Id": "team", "Arn": "$(arn sns alerts)", "InputTransformer": {
    "InputPathsMap": {"rule": "\$.detail.configRuleName", "type": "\$.detail.resourceType", "id": "\$.detail.resourceId",
                      "verdict": "\$.detail.newEvaluationResult.complianceType",
                      "why": "\$.detail.newEvaluationResult.annotation"},
    "InputTemplate": "\"<type> <id> is <verdict> with <rule>. <why>\""}}]
JSON
also config start-configuration-recorder --configuration-recorder-name default
also config put-config-rule --config-rule "file://$work/topics"
also config put-config-rule --config-rule "file://$work/queues"
also aws events put-targets --rule non-compliant --targets "file://$work/targets" --query FailedEntryCount
all

say "somebody makes a plain topic and a plain queue"
also aws sns create-topic --name orders --tags Key=app,Value=shop
also sqs create-queue --queue-name orders
all
settle
page /_windtunnel/compliance -H "Accept: text/plain"

say "the mails about it: the sentences of the rule, and the subjects of what Config writes"
page /_windtunnel/mail | python3 -c '
import json, sys
for mail in json.load(sys.stdin)["mails"]:
    for line in (mail["subject"], mail["text"].splitlines()[0]):
        if "NON_COMPLIANT" in line and not line.startswith("{"):
            print("mail:", line)'

say "a remediation that encrypts topics by itself"
cat > "$work/remediation" <<JSON
[{"ConfigRuleName": "topics-are-encrypted", "TargetType": "SSM_DOCUMENT", "TargetId": "AWSConfigRemediation-EncryptSNSTopic",
  "Automatic": true, "MaximumAutomaticAttempts": 3, "RetryAttemptSeconds": 600, "Parameters": {
    "TopicArn": {"ResourceValue": {"Value": "RESOURCE_ID"}},
    "KmsKeyArn": {"StaticValue": {"Values": ["$(arn kms alias/messages)"]}},
    "AutomationAssumeRole": {"StaticValue": {"Values": ["arn:aws:iam::$account:role/remediation"]}}}}]
JSON
config put-remediation-configurations --remediation-configurations "file://$work/remediation" \
  --query 'length(FailedBatches)'
settle
config get-compliance-details-by-config-rule --config-rule-name topics-are-encrypted \
  --query 'EvaluationResults[].[EvaluationResultIdentifier.EvaluationResultQualifier.ResourceId,ComplianceType]'

say "six hours later: what the recorder put into its bucket"
page /_windtunnel/clock -d '{"advance":"6h"}' > "$work/clock"
page /_windtunnel/config/objects | python3 -c '
import json, sys
print(*sorted(one["key"] for one in json.load(sys.stdin)["objects"] if "ConfigHistory_AWS::S" in one["key"]), sep="\n")'
