"""AWS Config's managed rules on items of services that are not served: what each finds good, bad and none of its business."""

import json
import urllib.parse

import pytest

from config_client import start_recorder
from test_config_compliance import put_items, verdicts
from test_config_rules import managed

GOOD, BAD, NONE = "COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"
WORLD = [{"cidrIp": "0.0.0.0/0"}]


def ssh(port_from, port_to, protocol="tcp", **ranges):
    return {"ipPermissions": [{"fromPort": port_from, "toPort": port_to, "ipProtocol": protocol,
                               **(ranges or {"ipv4Ranges": WORLD})}]}


def allowing(action, **more):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*", **more}]}


def grant(grantee, permission="Read"):
    return json.dumps({"grantList": [{"grantee": grantee, "permission": permission}], "owner": {"id": "me"}})


def iam_policy(document):
    return {"policyVersionList": [{"isDefaultVersion": False, "document": "%7B%7D"},
                                  {"isDefaultVersion": True, "document": urllib.parse.quote(json.dumps(document))}]}


def bucket_policy(document):
    return {"BucketPolicy": {"policyText": json.dumps(document)}}


TLS = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
                      "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}
BLOCK = dict.fromkeys(["blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets"], True)

# identifier, parameters, (verdict, configuration)...
BY_CONFIGURATION = [
    ("INCOMING_SSH_DISABLED", {}, (BAD, ssh(22, 22)), (BAD, ssh(0, 100)), (BAD, ssh(None, None, "-1")),
     (BAD, ssh(22, 22, ipv6Ranges=[{"cidrIpv6": "::/0"}])), (BAD, ssh(22, 22, ipRanges=["0.0.0.0/0"])),
     (GOOD, ssh(23, 80)), (GOOD, ssh(22, 22, "udp")), (GOOD, ssh(22, 22, ipv4Ranges=[{"cidrIp": "10.0.0.0/8"}])),
     (GOOD, {"ipPermissions": []})),
    ("RESTRICTED_INCOMING_TRAFFIC", {}, (BAD, ssh(3389, 3389)), (GOOD, ssh(22, 22))),
    ("RESTRICTED_INCOMING_TRAFFIC", {"blockedPort1": "22"}, (BAD, ssh(22, 22))),
    ("VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS", {"authorizedTcpPorts": "443,1020-1025"}, (GOOD, ssh(443, 443)),
     (GOOD, ssh(1021, 1024)), (BAD, ssh(1021, 1026)), (BAD, ssh(53, 53, "udp"))),
    ("VPC_DEFAULT_SECURITY_GROUP_CLOSED", {}, (NONE, {"groupName": "web", **ssh(22, 22)}),
     (BAD, {"groupName": "default", **ssh(22, 22), "ipPermissionsEgress": []}),
     (GOOD, {"groupName": "default", "ipPermissions": [], "ipPermissionsEgress": []})),
    ("NACL_NO_UNRESTRICTED_SSH_RDP", {},
     (BAD, {"entries": [{"ruleNumber": 100, "egress": False, "protocol": "-1", "ruleAction": "allow",
                         "cidrBlock": "0.0.0.0/0"}]}),
     (GOOD, {"entries": [{"ruleNumber": 100, "egress": False, "protocol": "-1", "ruleAction": "allow",
                          "cidrBlock": "0.0.0.0/0"},
                         {"ruleNumber": 50, "egress": False, "protocol": "6", "ruleAction": "deny",
                          "cidrBlock": "0.0.0.0/0", "portRange": {"from": 0, "to": 5000}}]})),
    ("EC2_IMDSV2_CHECK", {}, (GOOD, {"metadataOptions": {"httpTokens": "required"}}),
     (BAD, {"metadataOptions": {"httpTokens": "optional"}}), (BAD, {})),
    ("EC2_INSTANCE_NO_PUBLIC_IP", {}, (GOOD, {"instanceId": "i", "networkInterfaces": [{"association": None}]}),
     (BAD, {"instanceId": "i", "publicIpAddress": "1.2.3.4"}),
     (BAD, {"instanceId": "i", "networkInterfaces": [{"association": {"publicIp": "1.2.3.4"}}]})),
    ("EC2_MANAGEDINSTANCE_ASSOCIATION_COMPLIANCE_STATUS_CHECK", {},
     (GOOD, {"AWS:ComplianceItem": {"Content": {"Association": {"a": {"Status": "COMPLIANT"}}}}}),
     (BAD, {"AWS:ComplianceItem": {"Content": {"Association": {"a": {"Status": "COMPLIANT"},
                                                               "b": {"Status": "NON_COMPLIANT"}}}}})),
    ("EC2_MANAGEDINSTANCE_PATCH_COMPLIANCE_STATUS_CHECK", {},
     (GOOD, {"AWS:ComplianceItem": {"Content": {"Patch": {"a": {"PatchState": "Installed"}}}}}),
     (BAD, {"AWS:ComplianceItem": {"Content": {"Patch": {"a": {"PatchState": "Installed"},
                                                         "b": {"PatchState": "Missing"}}}}})),
    ("EC2_MANAGEDINSTANCE_INVENTORY_BLACKLISTED", {"inventoryNames": "AWS:Network,AWS:File"},
     (GOOD, {"AWS:InstanceInformation": {"Content": {}}}),
     (BAD, {"AWS:InstanceInformation": {"Content": {}}, "AWS:Network": {"Content": {}}})),
    ("EC2_MANAGEDINSTANCE_PLATFORM_CHECK", {"platformType": "Linux"},
     (GOOD, {"AWS:InstanceInformation": {"Content": {"i-1": {"PlatformType": "Linux"}}}}),
     (BAD, {"AWS:InstanceInformation": {"Content": {"i-1": {"PlatformType": "Windows"}}}})),
    ("EC2_INSTANCE_MULTIPLE_ENI_CHECK", {},
     (GOOD, {"instanceId": "i", "networkInterfaces": [{"networkInterfaceId": "eni-1"}]}),
     (BAD, {"instanceId": "i", "networkInterfaces": [{"networkInterfaceId": "eni-1"}, {"networkInterfaceId": "e2"}]})),
    ("DESIRED_INSTANCE_TYPE", {"instanceType": "t3.micro, t3.small"}, (GOOD, {"instanceType": "t3.small"}),
     (BAD, {"instanceType": "m5.large"})),
    ("ENCRYPTED_VOLUMES", {}, (GOOD, {"attachments": [{"instanceId": "i"}], "encrypted": True}),
     (BAD, {"attachments": [{"instanceId": "i"}], "encrypted": False}), (NONE, {"attachments": [], "encrypted": False})),
    ("EIP_ATTACHED", {}, (GOOD, {"instanceId": "i-1"}), (BAD, {"instanceId": ""}), (BAD, {})),
    ("AUTOSCALING_MULTIPLE_AZ", {}, (GOOD, {"availabilityZones": ["a", "b"]}), (BAD, {"availabilityZones": ["a"]})),
    ("RDS_STORAGE_ENCRYPTED", {}, (GOOD, {"storageEncrypted": True}), (BAD, {"storageEncrypted": False})),
    ("RDS_MULTI_AZ_SUPPORT", {}, (GOOD, {"engine": "mysql", "multiAZ": True}), (BAD, {"engine": "mysql", "multiAZ": False}),
     (NONE, {"engine": "aurora-mysql", "multiAZ": False})),
    ("DB_INSTANCE_BACKUP_ENABLED", {"backupRetentionMinimum": "7"}, (GOOD, {"backupRetentionPeriod": 7}),
     (BAD, {"backupRetentionPeriod": 6}), (BAD, {"backupRetentionPeriod": 0})),
    ("RDS_INSTANCE_DELETION_PROTECTION_ENABLED", {"databaseEngines": "mysql"},
     (BAD, {"engine": "mysql", "deletionProtection": False}), (NONE, {"engine": "postgres", "deletionProtection": False})),
    ("REDSHIFT_BACKUP_ENABLED", {"MinRetentionPeriod": "3"}, (GOOD, {"automatedSnapshotRetentionPeriod": 3}),
     (BAD, {"automatedSnapshotRetentionPeriod": 2})),
    ("RDS_POSTGRESQL_LOGS_TO_CLOUDWATCH", {},
     (GOOD, {"engine": "postgres", "enabledCloudwatchLogsExports": ["postgresql"]}),
     (BAD, {"engine": "postgres", "enabledCloudwatchLogsExports": []}), (NONE, {"engine": "mysql"})),
    ("LAMBDA_DLQ_CHECK", {"dlqArns": "arn:a,arn:b"}, (GOOD, {"deadLetterConfig": {"targetArn": "arn:b"}}),
     (BAD, {"deadLetterConfig": {"targetArn": "arn:c"}}), (BAD, {})),
    ("LAMBDA_INSIDE_VPC", {"subnetIds": "s-1,s-2"}, (GOOD, {"vpcConfig": {"subnetIds": ["s-1", "s-2"]}}),
     (BAD, {"vpcConfig": {"subnetIds": ["s-1", "s-3"]}}), (BAD, {"vpcConfig": {"subnetIds": []}})),
    ("LAMBDA_FUNCTION_SETTINGS_CHECK", {"runtime": "python3.13", "timeout": "10"},
     (GOOD, {"runtime": "python3.13", "timeout": 10, "memorySize": 128, "packageType": "Zip"}),
     (BAD, {"runtime": "python3.13", "timeout": 11, "memorySize": 128, "packageType": "Zip"}),
     (BAD, {"runtime": "python3.8", "timeout": 10, "memorySize": 128, "packageType": "Zip"}),
     (NONE, {"timeout": 11, "packageType": "Image"})),
    ("LAMBDA_FUNCTION_DESCRIPTION", {}, (GOOD, {"description": "x"}), (BAD, {"description": ""}), (BAD, {})),
    ("CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK", {},
     (BAD, {"environment": {"environmentVariables": [{"name": "AWS_ACCESS_KEY_ID", "type": "PLAINTEXT"}]}}),
     (GOOD, {"environment": {"environmentVariables": [{"name": "AWS_ACCESS_KEY_ID", "type": "PARAMETER_STORE"}]}}),
     (GOOD, {"environment": {"environmentVariables": []}})),
    ("CODEBUILD_PROJECT_ENVIRONMENT_PRIVILEGED_CHECK", {"exemptedProjects": "a,b"},
     (GOOD, {"name": "a", "environment": {"privilegedMode": True}}),
     (GOOD, {"name": "c", "environment": {"privilegedMode": False}}),
     (BAD, {"name": "c", "environment": {"privilegedMode": True}})),
    ("CODEBUILD_PROJECT_SOURCE_REPO_URL_CHECK", {},
     (BAD, {"source": {"type": "GITHUB", "location": "https://user:token@github.com/a/b"}}),
     (GOOD, {"source": {"type": "GITHUB", "location": "https://github.com/a/b"}}),
     (GOOD, {"source": {"type": "S3", "location": "user@x"}})),
    ("CLOUDFORMATION_STACK_NOTIFICATION_CHECK", {"snsTopic1": "arn:a"}, (GOOD, {"notificationARNs": ["arn:a"]}),
     (BAD, {"notificationARNs": ["arn:b"]}), (BAD, {"notificationARNs": []})),
    ("IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS", {}, (BAD, iam_policy(allowing("*"))),
     (BAD, iam_policy(allowing(["s3:Get*", "*"]))), (GOOD, iam_policy(allowing("s3:*")))),
    ("IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS", {}, (BAD, iam_policy(allowing("s3:*"))),
     (GOOD, iam_policy(allowing("s3:Get*")))),
    ("IAM_NO_INLINE_POLICY_CHECK", {}, (GOOD, {"arn": "a", "userPolicyList": []}),
     (BAD, {"arn": "a", "userPolicyList": [{"policyName": "p"}]})),
    ("IAM_USER_NO_POLICIES_CHECK", {}, (GOOD, {"userName": "a", "userPolicyList": [], "attachedManagedPolicies": []}),
     (BAD, {"userName": "a", "attachedManagedPolicies": [{"policyArn": "p"}]})),
    ("IAM_ROLE_MANAGED_POLICY_CHECK", {"managedPolicyArns": "arn:a,arn:b"},
     (GOOD, {"attachedManagedPolicies": [{"policyArn": "arn:a"}, {"policyArn": "arn:b"}, {"policyArn": "arn:c"}]}),
     (BAD, {"attachedManagedPolicies": [{"policyArn": "arn:a"}]})),
    ("NO_UNRESTRICTED_ROUTE_TO_IGW", {},
     (BAD, {"routeTableId": "r", "routes": [{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]}),
     (GOOD, {"routeTableId": "r", "routes": [{"destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"},
                                             {"destinationCidrBlock": "10.0.0.0/8", "gatewayId": "igw-1"}]})),
    ("IAM_POLICY_BLACKLISTED_CHECK", {"policyArns": "arn:admin"},
     (BAD, {"arn": "a", "attachedManagedPolicies": [{"policyArn": "arn:admin"}]}),
     (GOOD, {"arn": "a", "attachedManagedPolicies": [{"policyArn": "arn:other"}]})),
    ("ACM_CERTIFICATE_EXPIRATION_CHECK", {}, (GOOD, {"notAfter": "2199-01-01T00:00:00Z"}),
     (BAD, {"notAfter": "2020-01-01T00:00:00Z"})),
    ("CLOUDWATCH_ALARM_ACTION_CHECK",
     {"alarmActionRequired": "true", "insufficientDataActionRequired": "false", "okActionRequired": "false"},
     (GOOD, {"alarmName": "a", "alarmActions": ["x"]}), (BAD, {"alarmName": "a", "alarmActions": []})),
    ("CMK_BACKING_KEY_ROTATION_ENABLED", {}, (NONE, {"keyManager": "AWS", "keyState": "Enabled"}),
     (BAD, {"keyManager": "CUSTOMER", "keyState": "Enabled"})),
    ("ECS_CONTAINERS_READONLY_ACCESS", {}, (GOOD, {"ContainerDefinitions": [{"ReadonlyRootFilesystem": True}]}),
     (BAD, {"ContainerDefinitions": [{"ReadonlyRootFilesystem": True}, {}]})),
    ("ECS_NO_ENVIRONMENT_SECRETS", {"secretKeys": "KEY,TOKEN"},
     (BAD, {"ContainerDefinitions": [{"Environment": [{"Name": "TOKEN", "Value": "x"}]}]}),
     (GOOD, {"ContainerDefinitions": [{"Environment": [{"Name": "HOME", "Value": "x"}]}]})),
]

# The same for parts of supplementaryConfiguration.
BY_SUPPLEMENT = [
    ("S3_BUCKET_VERSIONING_ENABLED", {}, (GOOD, {"BucketVersioningConfiguration": {"status": "Enabled"}}),
     (BAD, {"BucketVersioningConfiguration": {"status": "Off"}}), (BAD, {})),
    ("S3_BUCKET_LOGGING_ENABLED", {"targetBucket": "logs"},
     (GOOD, {"BucketLoggingConfiguration": {"destinationBucketName": "logs", "logFilePrefix": ""}}),
     (BAD, {"BucketLoggingConfiguration": {"destinationBucketName": "other", "logFilePrefix": ""}}),
     (BAD, {"BucketLoggingConfiguration": {"destinationBucketName": None, "logFilePrefix": None}})),
    ("S3_DEFAULT_ENCRYPTION_KMS", {},
     (GOOD, {"ServerSideEncryptionConfiguration": {"rules": [
         {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}]}}),
     (BAD, {"ServerSideEncryptionConfiguration": {"rules": [
         {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}})),
    ("S3_BUCKET_SSL_REQUESTS_ONLY", {}, (GOOD, bucket_policy(TLS)), (BAD, {"BucketPolicy": {"policyText": None}})),
    ("S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", {}, (GOOD, {"PublicAccessBlockConfiguration": BLOCK}),
     (BAD, {"PublicAccessBlockConfiguration": {**BLOCK, "blockPublicPolicy": False}}), (BAD, {})),
    ("S3_BUCKET_PUBLIC_READ_PROHIBITED", {}, (BAD, bucket_policy(allowing("s3:Get*", Principal="*"))),
     (GOOD, {**bucket_policy(allowing("s3:Get*", Principal="*")), "PublicAccessBlockConfiguration": BLOCK}),
     (GOOD, bucket_policy(allowing("s3:Get*", Principal={"AWS": "111111111111"}))),
     (GOOD, bucket_policy(allowing("s3:Get*", Principal="*",
                                   Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}))),
     (GOOD, bucket_policy(allowing("s3:PutObject", Principal="*"))),
     (BAD, {"AccessControlList": grant("AllUsers")}), (GOOD, {"AccessControlList": grant({"id": "me"}, "FullControl")})),
    ("S3_BUCKET_PUBLIC_WRITE_PROHIBITED", {}, (BAD, bucket_policy(allowing("s3:*", Principal={"AWS": ["*"]}))),
     (BAD, {"AccessControlList": grant("AllUsers", "Write")}), (GOOD, {"AccessControlList": grant("AllUsers")})),
    ("S3_BUCKET_ACL_PROHIBITED", {}, (GOOD, {"AccessControlList": grant({"id": "me"})}),
     (BAD, {"AccessControlList": grant({"id": "you"})})),
    ("S3_VERSION_LIFECYCLE_POLICY_CHECK", {}, (NONE, {"BucketVersioningConfiguration": {"status": "Off"}}),
     (BAD, {"BucketVersioningConfiguration": {"status": "Enabled"}}),
     (GOOD, {"BucketVersioningConfiguration": {"status": "Enabled"},
             "BucketLifecycleConfiguration": {"rules": [{"status": "Enabled"}]}})),
    ("S3_VERSION_LIFECYCLE_POLICY_CHECK", {"bucketNames": "other"},
     (NONE, {"BucketVersioningConfiguration": {"status": "Enabled"}})),
    ("LAMBDA_CONCURRENCY_CHECK", {"ConcurrencyLimitLow": "10"},
     (GOOD, {"Concurrency": {"reservedConcurrentExecutions": 10}}),
     (BAD, {"Concurrency": {"reservedConcurrentExecutions": 9}}), (BAD, {})),
    ("LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", {},
     (BAD, {"Policy": json.dumps(allowing("lambda:InvokeFunction", Principal="*"))}),
     (BAD, {"Policy": json.dumps(allowing("lambda:InvokeFunction", Principal={"Service": "s3.amazonaws.com"}))}),
     (GOOD, {"Policy": json.dumps(allowing("lambda:InvokeFunction", Principal={"Service": "s3.amazonaws.com"},
                                           Condition={"StringEquals": {"AWS:SourceAccount": "111111111111"}}))}),
     (GOOD, {})),
]


def types(identifier):
    by_prefix = {
        "INCOMING_SSH": "EC2::SecurityGroup", "RESTRICTED": "EC2::SecurityGroup", "VPC_": "EC2::SecurityGroup",
        "NACL": "EC2::NetworkAcl", "EC2_MANAGEDINSTANCE_ASS": "SSM::AssociationCompliance",
        "EC2_MANAGEDINSTANCE_PATCH": "SSM::PatchCompliance", "EC2_MANAGED": "SSM::ManagedInstanceInventory", "EC2_": "EC2::Instance", "DESIRED": "EC2::Instance", "ENCRYPTED_V": "EC2::Volume",
        "EIP": "EC2::EIP", "AUTOSCALING": "AutoScaling::AutoScalingGroup", "RDS": "RDS::DBInstance", "REDSHIFT": "Redshift::Cluster",
        "DB_": "RDS::DBInstance", "LAMBDA": "Lambda::Function", "CODEBUILD": "CodeBuild::Project",
        "CLOUDFORMATION": "CloudFormation::Stack", "IAM_POLICY_NO": "IAM::Policy", "IAM_ROLE": "IAM::Role", "IAM": "IAM::User",
        "NO_UN": "EC2::RouteTable",
        "ACM": "ACM::Certificate", "CLOUDWATCH": "CloudWatch::Alarm", "CMK": "KMS::Key", "ECS": "ECS::TaskDefinition",
        "S3": "S3::Bucket"}
    return "AWS::" + next(kind for prefix, kind in by_prefix.items() if identifier.startswith(prefix))


def judged(server, account, identifier, parameters, cases, member):
    config = server.client("config", account)
    start_recorder(config, account, recordingGroup={"allSupported": True, "includeGlobalResourceTypes": True})
    kind = types(identifier)
    put_items(server, account, *[
        {"resourceType": kind, "resourceId": f"r-{place}", "arn": f"arn:aws:x:::{place}", "configuration": {},
         member: content} for place, (_, content) in enumerate(cases)])
    more = {"InputParameters": json.dumps(parameters)} if parameters else {}
    config.put_config_rule(ConfigRule=managed("rule", identifier, **more))
    return verdicts(config)


@pytest.mark.parametrize("identifier, parameters, cases", [(case[0], case[1], case[2:]) for case in BY_CONFIGURATION])
def test_rules_about_configurations(server, account, identifier, parameters, cases):
    found = judged(server, account, identifier, parameters, cases, "configuration")
    assert found == {f"r-{place}": verdict for place, (verdict, _) in enumerate(cases)}


@pytest.mark.parametrize("identifier, parameters, cases", [(case[0], case[1], case[2:]) for case in BY_SUPPLEMENT])
def test_rules_about_supplements(server, account, identifier, parameters, cases):
    found = judged(server, account, identifier, parameters, cases, "supplementaryConfiguration")
    assert found == {f"r-{place}": verdict for place, (verdict, _) in enumerate(cases)}
