#!/usr/bin/env bash
# Wires a pipeline for orders: a topic, three queues with filters, a webhook that fails for a while, and a dead-letter
# queue for every subscription; then sends orders through it and brings a failed one back.
#
#     windtunnel exec -- Scripts/examples/orders-pipeline.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'kill "${webhook:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
export AWS_PAGER=""
account=$(aws sts get-caller-identity --query Account --output text)
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}

# Version 1 of the AWS CLI overlooks AWS_ENDPOINT_URL for SQS alone.
sqs() { aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} sqs "$@"; }
say() { printf '\n== %s\n' "$*"; }
queue_arn() { echo "arn:aws:sqs:$region:$account:$1"; }
queue_url() { sqs get-queue-url --queue-name "$1" --query QueueUrl --output text; }
bodies() { sqs receive-message --queue-url "$(queue_url "$1")" --max-number-of-messages 10 --wait-time-seconds "${2:-0}" \
  --query 'Messages[].Body' --output text; }

say "the topic and its queues"
topic=$(aws sns create-topic --name orders --query TopicArn --output text)
allow_topic() { # lets the topic send to a queue
  local statement='{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage"'
  statement+=",\"Resource\":\"$(queue_arn "$1")\",\"Condition\":{\"ArnEquals\":{\"aws:SourceArn\":\"$topic\"}}}"
  local policy="{\"Version\":\"2012-10-17\",\"Statement\":[$statement]}"
  sqs set-queue-attributes --queue-url "$(queue_url "$1")" \
    --attributes "$(P=$policy python3 -c 'import json, os; print(json.dumps({"Policy": os.environ["P"]}))')"
}
for queue in billing shipping audit; do
  for name in "$queue-dead" "$queue-undelivered" "$queue"; do
    sqs create-queue --queue-name "$name" > "$work/made"
    allow_topic "$name"
  done
  sqs set-queue-attributes --queue-url "$(queue_url "$queue")" --attributes \
    "{\"VisibilityTimeout\":\"0\",\"RedrivePolicy\":\"{\\\"deadLetterTargetArn\\\":\\\"$(queue_arn "$queue-dead")\\\",\\\"maxReceiveCount\\\":1}\"}"
done
sqs create-queue --queue-name webhook-undelivered > "$work/made"
allow_topic webhook-undelivered

say "subscriptions, each with a filter and a dead-letter queue of its own"
subscribe() { # protocol, endpoint, dead-letter queue, filter policy
  python3 - "$3" "$4" > "$work/attributes" <<'PYTHON'
import json, sys
retry = {"healthyRetryPolicy": {"minDelayTarget": 1, "maxDelayTarget": 1, "numRetries": 3}}
attributes = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": sys.argv[1]}), "FilterPolicy": sys.argv[2]}
attributes |= {"RawMessageDelivery": "true"} if not sys.argv[1].endswith("webhook-undelivered") else {
    "DeliveryPolicy": json.dumps(retry)}
print(json.dumps(attributes))
PYTHON
  aws sns subscribe --topic-arn "$topic" --protocol "$1" --notification-endpoint "$2" --attributes "file://$work/attributes" \
    --return-subscription-arn --query SubscriptionArn --output text
}
subscribe sqs "$(queue_arn billing)" "$(queue_arn billing-undelivered)" '{"total":[{"numeric":[">",0]}]}'
subscribe sqs "$(queue_arn shipping)" "$(queue_arn shipping-undelivered)" '{"kind":[{"anything-but":"download"}]}'
subscribe sqs "$(queue_arn audit)" "$(queue_arn audit-undelivered)" '{}'
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
python3 "$here/webhook.py" "$port" 2 > "$work/webhook" &
webhook=$!
until (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> "$work/probe"; do :; done
hook=$(subscribe http "http://127.0.0.1:$port/orders" "$(queue_arn webhook-undelivered)" '{"kind":["book"]}')
until [ "$(aws sns get-subscription-attributes --subscription-arn "$hook" --query Attributes.PendingConfirmation \
  --output text)" = false ]; do :; done

say "orders"
order() { # text, kind, total
  aws sns publish --topic-arn "$topic" --message "$1" --query MessageId --output text --message-attributes \
    "{\"kind\":{\"DataType\":\"String\",\"StringValue\":\"$2\"},\"total\":{\"DataType\":\"Number\",\"StringValue\":\"$3\"}}"
}
order "order 1: a book" book 12.50
order "order 2: a free sample" sample 0
order "order 3: a song" download 0.99

say "what arrived"
echo "audit: $(bodies audit)"
echo "shipping: $(bodies shipping)"
echo "billing: $(bodies billing)"
until grep -q "order 1" "$work/webhook"; do :; done
echo "webhook, after two failures: $(cat "$work/webhook")"

say "billing failed with its orders: they are dead letters, and go back"
echo "billing: $(bodies billing)"
sqs start-message-move-task --source-arn "$(queue_arn billing-dead)" --query TaskHandle --output text > "$work/task"
echo "billing again: $(bodies billing 5)"

say "done"
