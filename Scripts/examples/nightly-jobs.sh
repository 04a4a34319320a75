#!/usr/bin/env bash
# Flies a month of nightly jobs in seconds: a rule with a cron expression in UTC, and a schedule that keeps to the clocks of
# Berlin, through the night in which they are put forward. Needs a server whose clock can be moved.
#
#     windtunnel exec -- Scripts/examples/nightly-jobs.sh
set -euo pipefail
export AWS_PAGER=""
times=$(mktemp)
trap 'rm -f "$times"' EXIT
account=$(aws sts get-caller-identity --query Account --output text)
region=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}

# Version 1 of the AWS CLI overlooks AWS_ENDPOINT_URL for SQS alone.
sqs() { aws ${AWS_ENDPOINT_URL:+--endpoint-url "$AWS_ENDPOINT_URL"} sqs "$@"; }
clock() { curl -sS -X POST "$AWS_ENDPOINT_URL/_windtunnel/clock" -d "$1" > /dev/null; }
say() { printf '\n== %s\n' "$*"; }
make_queue() { # name, who may send to it
  local arn="arn:aws:sqs:$region:$account:$1"
  local statement='{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"'$arn'"}'
  sqs create-queue --queue-name "$1" --query QueueUrl --output text --attributes \
    "$(S=$statement python3 -c 'import json, os; print(json.dumps({"MessageRetentionPeriod": "1209600", "Policy": json.dumps({"Statement": [json.loads(os.environ["S"])]})}))')"
}
# All bodies of a queue, one a line; it is empty then.
drain() {
  while bodies=$(sqs receive-message --queue-url "$1" --max-number-of-messages 10 --visibility-timeout 40000 \
    --query 'Messages[].Body' --output text) && [ "$bodies" != None ]; do tr '\t' '\n' <<< "$bodies"; done
  sqs purge-queue --queue-url "$1"
}

clock '{"freeze":true}'
clock '{"set":"2030-03-15T00:00:00Z"}'

say "two jobs"
backups=$(make_queue backups)
reports=$(make_queue reports)
aws events put-rule --name backup --schedule-expression 'cron(30 3 ? * MON-FRI *)' --query RuleArn --output text
aws events put-targets --rule backup --query FailedEntryCount --output text --targets \
  "[{\"Id\":\"1\",\"Arn\":\"arn:aws:sqs:$region:$account:backups\",\"InputPath\":\"\$.time\"}]"
aws scheduler create-schedule --name report --schedule-expression 'cron(0 7 * * ? *)' \
  --schedule-expression-timezone Europe/Berlin --flexible-time-window Mode=OFF --query ScheduleArn --output text --target \
  "{\"Arn\":\"arn:aws:sqs:$region:$account:reports\",\"RoleArn\":\"arn:aws:iam::$account:role/jobs\",\"Input\":\"<aws.scheduler.scheduled-time>\"}"

say "a month, week by week"
for week in 1 2 3 4; do
  clock '{"advance":"7d"}'
  echo "week $week: $(drain "$backups" | grep -c .) backups, $(drain "$reports" | tee -a "$times" | grep -c .) reports"
done
echo "reports before and after the clocks change: $(grep -h -E '2030-03-(30|31)' "$times" | tr '\n' ' ')"
clock '{"resume":true}'
