import Testing

@testable import SSM

@Suite struct PublicParametersTests {
    static let infrastructure = "/aws/service/global-infrastructure"

    private func value(_ name: String, in region: String = "us-east-1") -> String? {
        PublicParameters.parameter(named: name, region: region)?.value
    }

    private func names(
        below path: String, recursive: Bool = false, after: String? = nil, limit: Int = 1_000
    ) -> [String] {
        PublicParameters.parameters(below: path, recursive: recursive, region: "us-east-1", after: after, limit: limit)
            .map(\.name)
    }

    private func isImageID(_ text: String) -> Bool {
        text.hasPrefix("ami-") && text.utf8.count == 21
            && text.dropFirst(4).allSatisfy { "0123456789abcdef".contains($0) }
    }

    /// Every parameter of a Region, read page by page.
    private func everything(below path: String, pageSize: Int) -> [PublicParameter] {
        var all: [PublicParameter] = []
        while true {
            let page = PublicParameters.parameters(
                below: path, recursive: true, region: "us-east-1", after: all.last?.name, limit: pageSize)
            all += page
            if page.count < pageSize { return all }
        }
    }

    @Test func everyListedNameIsReadableAndComesOnceInTheOrderOfItsBytes() {
        let all = everything(below: "/aws/service", pageSize: 10)
        print("public parameters below /aws/service: \(all.count)")
        #expect(all.count > 50_000)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
        let different = all.filter { listed in
            let read = PublicParameters.parameter(named: listed.name, region: "us-east-1")
            return read?.value != listed.value || read?.version != listed.version || read?.dataType != listed.dataType
        }
        #expect(different.isEmpty)
        #expect(all.allSatisfy { !$0.value.isEmpty && !$0.value.contains("<") && $0.version > 0 })
        #expect(all.allSatisfy { ($0.dataType == "aws:ec2:image") == isImageID($0.value) })
        #expect(all.allSatisfy { $0.name.split(separator: "/").count <= 15 })
    }

    @Test(arguments: [1, 2, 3, 7, 10, 100])
    func theSizeOfAPageDoesNotChangeTheList(size: Int) {
        for path in ["/aws/service/ecs", "/aws/service/eks/optimized-ami/1.31", "/aws/service/ami-windows-latest"] {
            let whole = names(below: path, recursive: true, limit: .max)
            #expect(everything(below: path, pageSize: size).map(\.name) == whole)
        }
    }

    @Test func aListGoesOnAfterANameThatIsNotThere() {
        let path = "/aws/service/ami-amazon-linux-latest"
        let whole = names(below: path)
        #expect(names(below: path, after: "\(path)/amzn2") == whole.filter { $0 > "\(path)/amzn2" })
        #expect(names(below: path, after: "/aws/service/a") == whole)
        #expect(names(below: path, after: "/aws/service/b") == [])
        #expect(names(below: path, after: whole.last) == [])
    }

    @Test func aListOfOneLevelHoldsTheValuesRightBelow() {
        #expect(
            names(below: "\(Self.infrastructure)/regions/us-east-2/availability-zones").map { $0.suffix(8) } == [
                "use2-az1", "use2-az2", "use2-az3",
            ])
        #expect(names(below: "\(Self.infrastructure)/regions").count == 39)
        #expect(names(below: "/aws/service") == [])
        #expect(
            names(below: "/aws/service/ecs/optimized-ami/amazon-linux-2").contains {
                $0.hasSuffix("/amazon-linux-2/recommended")
            })
    }

    @Test(arguments: [
        "/aws/service/none", "/aws", "/aws/services", "/aws/service/", "/aws/service/ecs//optimized-ami", "",
    ])
    func nothingIsBelowAnUnknownPath(path: String) {
        #expect(names(below: path, recursive: true) == [])
        #expect(value(path) == nil)
    }

    @Test func imagesOfAmazonLinuxAreThoseThatAWSPublishes() throws {
        let name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-arm64"
        #expect(value(name, in: "af-south-1") == "ami-0e8a48e2c4736badf")
        let parameter = try #require(PublicParameters.parameter(named: name, region: "af-south-1"))
        #expect(parameter.version == 141 && parameter.dataType == "aws:ec2:image")
        #expect(PublicParameters.parameter(named: name, region: "eu-west-1")?.version == 182)
    }

    @Test func aRecommendedImageIsATextAndItsMembers() {
        let ecs = "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64"
        #expect(
            value("\(ecs)/recommended")
                == #"{"ecs_agent_version":"1.102.0","ecs_runtime_version":"Docker version 25.0.14","#
                + #""image_id":"ami-07033a1a30f75c132","#
                + #""image_name":"al2023-ami-ecs-hvm-2023.0.20260226-kernel-6.1-arm64","image_version":"2023.0.20260226","#
                + #""os":"Amazon Linux 2023","schema_version":1,"#
                + #""source_image_name":"al2023-ami-minimal-2023.10.20260216.1-kernel-6.1-arm64"}"#)
        #expect(value("\(ecs)/recommended/image_id") == "ami-07033a1a30f75c132")
        #expect(value("\(ecs)/al2023-ami-ecs-hvm-2023.0.20260226-kernel-6.1-arm64/image_id") == "ami-07033a1a30f75c132")
        #expect(value("\(ecs)/al2023-ami-ecs-hvm-2023.0.20260113-kernel-6.1-arm64/ecs_agent_version") == "1.101.2")

        let eks = "/aws/service/eks/optimized-ami/1.31/amazon-linux-2023/arm64/nvidia/recommended"
        let image = value("\(eks)/image_id") ?? ""
        #expect(isImageID(image))
        #expect(
            value(eks) == #"{"schema_version":"2","image_id":"\#(image)","#
                + #""image_name":"amazon-eks-node-al2023-arm64-nvidia-1.31-v20260720","release_version":"1.31.14-20260720"}"#
        )
    }

    @Test(arguments: [
        "ami-windows-latest/Windows_Server-2022-English-Full-Base",
        "bottlerocket/aws-k8s-1.31-nvidia/x86_64/latest/image_id",
        "canonical/ubuntu/server/22.04/stable/current/amd64/hvm/ebs-gp2/ami-id", "debian/release/12/latest/amd64",
        "suse/sles/15-sp6/x86_64/latest", "freebsd/amd64/base/ufs/14.3/RELEASE", "datasync/ami",
        "ec2-macos/sonoma/arm64_mac/latest/image_id", "storagegateway/ami/FILE_S3/latest",
        "deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id",
        "ecs/optimized-ami/amazon-linux-2/recommended/image_id", "ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2",
    ])
    func everyRegionHasItsOwnImage(name: String) {
        let regions = ["us-east-1", "eu-west-3", "us-gov-west-1", "xx-moon-1"]
        let images = regions.compactMap { value("/aws/service/\(name)", in: $0) }
        #expect(Set(images).count == regions.count && images.allSatisfy(isImageID))
        #expect(images == regions.compactMap { value("/aws/service/\(name)", in: $0) })
    }

    @Test(arguments: [
        ("regions/us-east-1", "us-east-1"), ("regions/us-east-1/longName", "US East (N. Virginia)"),
        ("regions/us-east-1/services/s3", "s3"),
        ("regions/us-west-1/services/s3/endpoint", "s3.us-west-1.amazonaws.com"),
        ("regions/cn-north-1/services/ssm/endpoint", "ssm.cn-north-1.amazonaws.com.cn"),
        ("services/costexplorer/regions/cn-northwest-1/endpoint", "ce.cn-northwest-1.amazonaws.com.cn"),
        ("services/athena/longName", "Amazon Athena"), ("services/ssm/regions/eu-west-1", "eu-west-1"),
        ("services/ssm/regions/eu-west-1/endpoint", "ssm.eu-west-1.amazonaws.com"),
        ("availability-zones/use1-az1", "use1-az1"), ("availability-zones/use1-az1/parent-region", "us-east-1"),
        ("availability-zones/use1-az1/zone-group", "us-east-1-zg-1"),
        ("local-zones/use1-bos1-az1/geolocationRegion", "US-MA"),
        ("local-zones/use1-bos1-az1/location", "US East (Boston)"),
        ("local-zones/use1-bos1-az1/network-border-group", "us-east-1-bos-1"),
        ("local-zones/use1-bos1-az1/parent-availability-zone", "use1-az4"),
        ("wavelength-zones/use1-wl1-bos-wlz1/network-border-group", "us-east-1-wl1-bos-wlz-1"),
    ])
    func theInfrastructureIsThatOfAWS(name: String, expected: String) {
        #expect(value("\(Self.infrastructure)/\(name)") == expected)
        #expect(value("\(Self.infrastructure)/\(name)", in: "eu-north-1") == expected)
    }

    @Test func aServiceIsListedWhereItIsAndNowhereElse() {
        #expect(value("\(Self.infrastructure)/services/AmazonGameLiftStreams/regions/us-west-1") == nil)
        #expect(value("\(Self.infrastructure)/regions/us-west-1/services/AmazonGameLiftStreams") == nil)
        #expect(names(below: "\(Self.infrastructure)/services/AmazonGameLiftStreams/regions").count == 4)
    }

    @Test func theListOfFamiliesNamesWhereEachBegins() {
        #expect(value("/aws/service/list/ecs") == "/aws/service/ecs/")
        let families = names(below: "/aws/service/list").compactMap { value($0) }
        #expect(families.count > 15)
        #expect(families.allSatisfy { !names(below: String($0.dropLast()), recursive: true, limit: 1).isEmpty })
    }

    @Test func bracesStandForAlternatives() {
        let lists = ["n": ["1", "2"]]
        #expect(PathPattern.expand("a{b,c}d", lists) == ["abd", "acd"])
        #expect(PathPattern.expand("{n}{,-x}", lists) == ["1", "1-x", "2", "2-x"])
        #expect(PathPattern.expand("plain", lists) == ["plain"])
    }
}
