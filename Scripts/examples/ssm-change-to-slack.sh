#!/usr/bin/env bash
# Tells a chat of changed parameters: a change of Parameter Store meets a rule, an input transformer makes a sentence of it,
# and a topic posts the sentence to a webhook. A second target is not there; its events end in a dead-letter queue.
#
#     windtunnel exec -- Scripts/examples/ssm-change-to-slack.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'kill "${webhook:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
export AWS_PAGER=""
account=$(aws sts get-caller-identity --query Account --output text)
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}
rule="arn:aws:events:$region:$account:rule/parameters"

# Version 1 of the AWS CLI overlooks AWS_ENDPOINT_URL for SQS alone.
sqs() { aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} sqs "$@"; }
say() { printf '\n== %s\n' "$*"; }
allow_rule() { # action, resource: a policy that lets the rule in
  printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},'
  printf '"Action":"%s","Resource":"%s","Condition":{"ArnEquals":{"aws:SourceArn":"%s"}}}]}' "$1" "$2" "$rule"
}

say "the chat: a topic with a webhook"
topic=$(aws sns create-topic --name parameter-changes --query TopicArn --output text)
aws sns set-topic-attributes --topic-arn "$topic" --attribute-name Policy --attribute-value "$(allow_rule sns:Publish "$topic")"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
python3 "$here/webhook.py" "$port" 0 > "$work/chat" &
webhook=$!
until (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> "$work/probe"; do :; done
hook=$(aws sns subscribe --topic-arn "$topic" --protocol http --notification-endpoint "http://127.0.0.1:$port/chat" \
  --return-subscription-arn --query SubscriptionArn --output text)
until [ "$(aws sns get-subscription-attributes --subscription-arn "$hook" --query Attributes.PendingConfirmation \
  --output text)" = false ]; do :; done

say "the rule and its targets"
undelivered=$(sqs create-queue --queue-name undelivered --query QueueUrl --output text)
queue="arn:aws:sqs:$region:$account:undelivered"
sqs set-queue-attributes --queue-url "$undelivered" --attributes \
  "$(P=$(allow_rule sqs:SendMessage "$queue") python3 -c 'import json, os; print(json.dumps({"Policy": os.environ["P"]}))')"
aws events put-rule --name parameters --query RuleArn --output text --event-pattern \
  '{"source":["aws.ssm"],"detail-type":["Parameter Store Change"],"detail":{"name":[{"prefix":"/shop/"}]}}'
cat > "$work/targets" <<JSON
[{"Id": "chat", "Arn": "$topic", "InputTransformer": {
    "InputPathsMap": {"name": "\$.detail.name", "what": "\$.detail.operation"},
    "InputTemplate": "\"Parameter <name>: <what>\""}},
 {"Id": "audit", "Arn": "arn:aws:sqs:$region:$account:not-there", "DeadLetterConfig": {"Arn": "$queue"}}]
JSON
aws events put-targets --rule parameters --targets "file://$work/targets" --query FailedEntryCount --output text

say "a change that the rule watches for, and one that it does not"
aws ssm put-parameter --name /shop/price --value 12 --type String --query Version --output text
aws ssm put-parameter --name /other/price --value 12 --type String --query Version --output text
until grep -q "/shop/price" "$work/chat"; do :; done
echo "chat: $(cat "$work/chat")"
echo "undelivered: $(sqs receive-message --queue-url "$undelivered" --message-attribute-names ERROR_CODE \
  --query 'Messages[].MessageAttributes.ERROR_CODE.StringValue' --output text)"
