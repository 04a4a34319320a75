"""Events as AWS services write them, and the patterns that people write for them."""

import json

import pytest

ACCOUNT = "123456789012"


def event(source, kind, detail, *resources):
    return {"version": "0", "id": "7bf73129-1428-4cd3-a780-95db273d1602", "detail-type": kind, "source": source,
            "account": ACCOUNT, "time": "2030-01-01T00:00:00Z", "region": "us-east-1", "resources": list(resources),
            "detail": detail}


INSTANCE = "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0"
REPOSITORY = "arn:aws:codecommit:us-east-1:123456789012:shop"
PIPELINE = "arn:aws:codepipeline:us-east-1:123456789012:shop"
GROUP = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/web"

SAMPLES = {
    "ec2": event("aws.ec2", "EC2 Instance State-change Notification",
                 {"instance-id": "i-0123456789abcdef0", "state": "stopped"}, INSTANCE),
    "codecommit": event("aws.codecommit", "CodeCommit Pull Request State Change", {
        "event": "pullRequestCreated", "pullRequestId": "1", "pullRequestStatus": "Open", "repositoryNames": ["shop"],
        "author": "arn:aws:iam::123456789012:user/Mary", "isMerged": "False", "destinationReference": "refs/heads/main",
        "sourceReference": "refs/heads/fix", "title": "Fix the price"}, REPOSITORY),
    "codepipeline": event("aws.codepipeline", "CodePipeline Stage Execution State Change", {
        "pipeline": "shop", "version": 3.0, "execution-id": "01234567-0123-0123-0123-012345678901", "stage": "Deploy",
        "state": "FAILED", "start-time": "2030-01-01T00:00:00.000Z"}, PIPELINE),
    "codebuild": event("aws.codebuild", "CodeBuild Build State Change", {
        "build-status": "FAILED", "project-name": "shop",
        "additional-information": {"build-complete": True, "phases": [
            {"phase-type": "SUBMITTED", "phase-status": "SUCCEEDED", "duration-in-seconds": 0},
            {"phase-type": "BUILD", "phase-status": "FAILED", "duration-in-seconds": 21}]}}),
    "config": event("aws.config", "Config Rules Compliance Change", {
        "resourceType": "AWS::S3::Bucket", "resourceId": "shop-pictures", "configRuleName": "s3-bucket-versioning-enabled",
        "messageType": "ComplianceChangeNotification", "newEvaluationResult": {"complianceType": "NON_COMPLIANT"},
        "oldEvaluationResult": {"complianceType": "COMPLIANT"}}),
    "health": event("aws.health", "AWS Health Event", {
        "service": "EC2", "eventTypeCode": "AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED", "eventTypeCategory": "issue",
        "affectedEntities": [{"entityValue": "i-0123456789abcdef0", "tags": {"stage": "prod", "app": "shop"}}]}, INSTANCE),
    "autoscaling": event("aws.autoscaling", "EC2 Instance-terminate Lifecycle Action", {
        "LifecycleActionToken": "630aa23f-48eb-45e7-aba6-799ea6093a0f", "AutoScalingGroupName": "web",
        "LifecycleHookName": "drain", "EC2InstanceId": "i-0123456789abcdef0",
        "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING"}, GROUP),
    "s3": event("aws.s3", "Object Created", {
        "version": "0", "bucket": {"name": "shop-pictures"}, "object": {"key": "in/cat.png", "size": 1_048_576},
        "source-ip-address": "10.0.0.123", "reason": "PutObject"}, "arn:aws:s3:::shop-pictures"),
    "cloudwatch": event("aws.cloudwatch", "CloudWatch Alarm State Change", {
        "alarmName": "cpu", "state": {"value": "ALARM"}, "previousState": {"value": "OK"},
        "configuration": {"metrics": [{"metricStat": {"metric": {"namespace": "AWS/EC2"}}}]}}),
}

CASES = [
    ("ec2", {"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"],
             "detail": {"state": ["stopped", "terminated"]}}, True),
    ("ec2", {"source": ["aws.ec2"], "detail": {"state": [{"anything-but": ["stopped", "terminated"]}]}}, False),
    ("ec2", {"resources": [{"suffix": "instance/i-0123456789abcdef0"}]}, True),
    ("codecommit", {"source": ["aws.codecommit"], "resources": [REPOSITORY], "detail": {
        "event": ["pullRequestCreated"], "destinationReference": [{"prefix": "refs/heads/ma"}]}}, True),
    ("codecommit", {"detail": {"repositoryNames": ["shop"], "isMerged": ["True"]}}, False),
    ("codepipeline", {"source": ["aws.codepipeline"], "detail": {"state": ["FAILED"], "version": [3]}}, True),
    ("codepipeline", {"detail": {"stage": [{"equals-ignore-case": "deploy"}], "state": ["SUCCEEDED"]}}, False),
    ("codebuild", {"detail": {"additional-information": {"phases": {
        "phase-type": ["BUILD"], "phase-status": ["FAILED"], "duration-in-seconds": [{"numeric": [">", 10, "<=", 60]}]}}}}, True),
    # No one phase has both.
    ("codebuild", {"detail": {"additional-information": {"phases": {
        "phase-type": ["SUBMITTED"], "phase-status": ["FAILED"]}}}}, False),
    ("codebuild", {"detail": {"additional-information": {"build-complete": [True]}}}, True),
    ("config", {"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"], "detail": {
        "messageType": ["ComplianceChangeNotification"], "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]}}}, True),
    ("config", {"detail": {"oldEvaluationResult": [{"exists": False}]}}, True),
    ("config", {"detail": {"resourceType": [{"wildcard": "AWS::S3::*"}], "resourceId": [{"wildcard": "shop-*s"}]}}, True),
    ("health", {"detail": {"service": ["EC2"], "eventTypeCategory": ["issue"], "affectedEntities": {
        "tags": {"stage": ["prod"]}}}}, True),
    ("health", {"detail": {"$or": [{"service": ["RDS"]}, {"eventTypeCode": [{"prefix": "AWS_EC2_"}]}]}}, True),
    ("autoscaling", {"source": ["aws.autoscaling"], "detail": {"AutoScalingGroupName": ["web"], "LifecycleTransition": [
        "autoscaling:EC2_INSTANCE_TERMINATING"]}}, True),
    ("autoscaling", {"detail": {"NotificationMetadata": [{"exists": True}]}}, False),
    ("s3", {"detail": {"bucket": {"name": ["shop-pictures"]}, "object": {
        "key": [{"wildcard": "in/*.png"}], "size": [{"numeric": [">=", 1048576]}]}, "source-ip-address": [
            {"cidr": "10.0.0.0/24"}]}}, True),
    ("s3", {"detail": {"source-ip-address": [{"cidr": "10.0.1.0/24"}]}}, False),
    ("cloudwatch", {"detail": {"state": {"value": ["ALARM"]}, "previousState": {"value": [{"anything-but": "ALARM"}]},
                               "configuration": {"metrics": {"metricStat": {"metric": {"namespace": [
                                   {"prefix": "AWS/"}]}}}}}}, True),
]


@pytest.mark.parametrize("name, pattern, matches", CASES)
def test_a_pattern_fits_what_it_is_meant_for(server, name, pattern, matches):
    events = server.client("events")
    sample = SAMPLES[name]
    assert events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(sample))["Result"] is matches
    answer = server.json("POST", "/_windtunnel/events/match", {"pattern": pattern, "event": sample})[1]
    assert answer["matches"] is matches and answer["clauses"]["holds"] is matches
    assert bool(answer["failures"]) is not matches
