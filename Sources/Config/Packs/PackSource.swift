import JSON
import Kernel
import Model

/// Where the template of a pack comes from, and what it comes to in an account.
enum PackSource {
    private static let bodyLimit = 51_200

    /// - Throws: InvalidParameterValueException, or what Systems Manager says of the document.
    static func template(
        body: String?, uri: String?, document: TemplateSSMDocumentDetails?, in context: WriteContext
    ) throws -> String {
        guard [body != nil, uri != nil, document != nil].count(where: { $0 }) == 1 else {
            throw AWSError.invalidParameter(
                "Specify exactly one of TemplateBody, TemplateS3Uri and TemplateSSMDocumentDetails and try again.")
        }
        if let body {
            guard body.utf8.count <= bodyLimit else {
                throw AWSError.invalidParameter("The TemplateBody is larger than \(bodyLimit) bytes.")
            }
            return body
        }
        if let uri {
            throw AWSError.invalidParameter(
                "The template \(uri) cannot be read: Amazon S3 is not served here. Give the template as TemplateBody.")
        }
        return try content(of: document?.documentName ?? "", version: document?.documentVersion, in: context)
    }

    /// Documents are read as who asks for the pack; the latest version where none is asked for.
    private static func content(of name: String, version: String?, in context: WriteContext) throws -> String {
        // In YAML, which has the short forms of functions.
        let input: JSON = [
            "Name": .string(name), "DocumentVersion": .string(version ?? "$LATEST"), "DocumentFormat": "YAML",
        ]
        do {
            guard let service = context.service(sdkName: "ssm") else { throw AWSError("UnknownOperationException") }
            let document = try context.perform(
                "GetDocument", of: service, input, as: context.principal, region: context.region)
            return document["Content"]?.string ?? ""
        } catch {
            guard let error = error as? AWSError else { throw error }
            throw AWSError.invalidParameter(
                error.code == "UnknownOperationException"
                    ? "The document \(name) cannot be read: documents of Systems Manager are not served here. Give the template as TemplateBody."
                    : "The document \(name) cannot be read: \(error.message ?? error.code)")
        }
    }

    /// - Parameter given: a list of `ConformancePackInputParameter`.
    /// - Throws: ConformancePackTemplateValidationException
    static func resources(
        _ text: String, given: [JSON], pack: String, id: String, stack: String, in context: ReadContext
    ) throws -> (resources: PackResources, hasOutputs: Bool) {
        let name = StoredPack.stackName(pack, id)
        let partition = ARN.partition(of: context.region)
        let stackARN = ARN(
            service: "cloudformation", region: context.region, account: context.account,
            resource: "stack/\(name)/\(stack)")
        do {
            let template = try PackTemplate(parsing: text)
            let values = try template.parameterValues(
                Dictionary(
                    given.map { ($0["ParameterName"]?.string ?? "", $0["ParameterValue"]?.string ?? "") },
                    uniquingKeysWith: { $1 }))
            let evaluation = TemplateEvaluation(
                template, values,
                pseudoParameters: [
                    "AWS::AccountId": .string(context.account), "AWS::Region": .string(context.region),
                    "AWS::Partition": .string(partition),
                    "AWS::URLSuffix": .string(partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"),
                    "AWS::StackName": .string(name), "AWS::StackId": .string(stackARN.description),
                    "AWS::NotificationARNs": [],
                ])
            // Each of them must make sense, be it asked for or not.
            for condition in template.conditions.members { _ = try evaluation.isTrue(condition.name) }
            return (try PackResources(evaluation), template.hasOutputs)
        } catch {
            throw AWSError(
                "ConformancePackTemplateValidationException",
                "Invalid conformance pack template provided. Errors found: [\(error.message)]. Fix your template and try again."
            )
        }
    }
}
