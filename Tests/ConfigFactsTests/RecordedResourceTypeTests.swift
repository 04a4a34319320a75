import ConfigFacts
import Testing

@Suite struct RecordedResourceTypeTests {
    @Test func typesAreKnownByName() {
        #expect(RecordedResourceType.names.count == 413)
        #expect(RecordedResourceType("AWS::SQS::Queue")?.name == "AWS::SQS::Queue")
        #expect(RecordedResourceType("AWS::SSM::Parameter") == nil)
        #expect(RecordedResourceType("*") == nil)
    }

    @Test func aTypeListsItsProperties() throws {
        let queue = try #require(RecordedResourceType("AWS::SQS::Queue"))
        #expect(queue.properties.count == 17)
        #expect(queue.properties.first?.path == "configuration.ContentBasedDeduplication")
        #expect(queue.propertyType(at: "configuration.VisibilityTimeout") == .integer)
        #expect(queue.propertyType(at: "configuration.CreatedTimestamp") == .date)
        #expect(queue.propertyType(at: "configuration.instanceType") == nil)
        #expect(queue.propertyType(at: "configuration") == nil)
    }

    @Test func pathsGoDeep() throws {
        let bucket = try #require(RecordedResourceType("AWS::S3::Bucket"))
        let lifecycle = "supplementaryConfiguration.BucketLifecycleConfiguration.rules"
        #expect(
            bucket.propertyType(at: "\(lifecycle).abortIncompleteMultipartUpload.daysAfterInitiation") == .integer)
        #expect(bucket.propertyType(at: "\(lifecycle).filter.predicate.operands.prefix") == .string)
        let group = try #require(RecordedResourceType("AWS::EC2::SecurityGroup"))
        #expect(group.propertyType(at: "configuration.ipPermissions.ipRanges") == .cidrBlock)
    }

    @Test func allPropertiesAreThere() {
        let counts = RecordedResourceType.names.compactMap { RecordedResourceType($0)?.properties.count }
        #expect(counts.count == 413)
        #expect(counts.reduce(0, +) == 7800)
    }

    @Test func aPathHasATypeWhateverTheResource() {
        #expect(RecordedResourceType.propertyType(at: "tags.key") == .string)
        #expect(RecordedResourceType.propertyType(at: "resourceCreationTime") == .string)
        #expect(RecordedResourceType.propertyType(at: "configuration.encrypted") == .boolean)
        #expect(RecordedResourceType.propertyType(at: "configuration.LogLevel") == .string)
        #expect(RecordedResourceType.propertyType(at: "configuration.noSuchThing") == nil)
    }
}
