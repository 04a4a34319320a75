extension Inventory {
    private static func item(
        _ type: String, _ id: String, created: String, tags: String = "[]", relationships: String = "[]",
        configuration: String, supplementary: String = "{}"
    ) -> String {
        """
        {"relationships":\(relationships),"configuration":\(configuration),\
        "supplementaryConfiguration":\(supplementary),"tags":\(tags),"version":"1.3",\
        "configurationItemCaptureTime":"2026-10-01T00:00:00.000Z","configurationStateId":"17",\
        "accountId":"111122223333","configurationItemStatus":"OK","resourceType":"AWS::\(type)","resourceId":"\(id)",\
        "resourceName":"name-\(id)","arn":"arn:aws:x:us-east-1:111122223333:\(id)","awsRegion":"us-east-1",\
        "availabilityZone":"Regional","resourceCreationTime":"\(created)"}
        """
    }

    static let documents = [
        item(
            "SQS::Queue", "q1", created: "2026-09-01T10:00:00.000Z",
            tags:
                #"[{"key":"team","value":"blue","tag":"team=blue"},{"key":"stage","value":"test","tag":"stage=test"}]"#,
            configuration: #"{"QueueName":"q1","VisibilityTimeout":"30","CreatedTimestamp":"1788256800"}"#),
        item(
            "SQS::Queue", "q2", created: "2026-09-02T10:00:00.000Z",
            tags: #"[{"key":"stage","value":"blue","tag":"stage=blue"}]"#,
            configuration: #"{"QueueName":"Q2","VisibilityTimeout":"100","KmsMasterKeyId":"alias/k"}"#),
        item(
            "EC2::Volume", "v1", created: "2026-09-03T10:00:00.000Z",
            relationships:
                #"[{"resourceType":"AWS::EC2::Instance","resourceId":"i1","relationshipName":"Is attached to Instance"}]"#,
            configuration:
                #"{"encrypted":false,"size":100,"volumeType":"gp2","state":{"value":"available"},"createTime":"2026-09-03T10:00:00.500Z","odd":9}"#
        ),
        item(
            "EC2::Volume", "v2", created: "2026-09-04T10:00:00.000Z",
            configuration:
                #"{"volumeType":"gp2","size":8,"encrypted":true,"state":{"value":"in-use"},"createTime":"2026-09-04T00:00:00.000Z","odd":10}"#
        ),
        item(
            "EC2::Volume", "v3", created: "2026-09-05T10:00:00.000Z",
            configuration: #"{"volumeType":"io1","size":12,"encrypted":true,"state":{"value":"in-use"}}"#),
        item(
            "EC2::SecurityGroup", "sg1", created: "2026-09-06T10:00:00.000Z",
            configuration:
                #"{"groupName":"web","ipPermissions":[{"fromPort":80,"ipRanges":["10.0.0.0/24"]},{"fromPort":443,"ipRanges":["192.168.0.2/32","172.16.0.0/12"]}]}"#
        ),
        item(
            "EC2::SecurityGroup", "sg2", created: "2026-09-07T10:00:00.000Z",
            configuration: #"{"groupName":"all","ipPermissions":[{"fromPort":22,"ipRanges":["0.0.0.0/0"]}]}"#),
        item(
            "Config::ResourceCompliance", "AWS::SQS::Queue/q1", created: "2026-09-08T10:00:00.000Z",
            configuration:
                #"{"complianceType":"NON_COMPLIANT","targetResourceId":"q1","configRuleList":[{"configRuleName":"A","complianceType":"COMPLIANT"},{"configRuleName":"B","complianceType":"NON_COMPLIANT"}]}"#
        ),
        item(
            "S3::Bucket", "b1", created: "2026-09-09T10:00:00.000Z", configuration: #"{"name":"b1"}"#,
            supplementary:
                #"{"BucketVersioningConfiguration":{"status":"Off","isMfaDeleteEnabled":null},"ServerSideEncryptionConfiguration":{"rules":[{"applyServerSideEncryptionByDefault":{"sseAlgorithm":"AES256"}}]}}"#
        ),
    ]
}
