import JSON
import Kernel
import Model

extension SSM {
    private static let documentPage = 50

    @Sendable static func listDocuments(_ input: ListDocumentsRequest, in context: ReadContext) throws
        -> ListDocumentsResult
    {
        context.access("ssm:ListDocuments", on: "*")
        if input.filters?.isEmpty == false, input.documentFilterList?.isEmpty == false {
            throw AWSError.validation("You can use either Filters or DocumentFilterList in a single request.")
        }
        var filters: [(key: String, values: [String])] = []
        for filter in input.filters ?? [] { filters.append((filter.key ?? "", filter.values ?? [])) }
        for filter in input.documentFilterList ?? [] { filters.append((filter.key.rawValue, [filter.value])) }
        let filter = try DocumentListFilter(filters)

        let after = try position(in: input.nextToken, purpose: "ListDocuments", context) ?? ""
        let limit = input.maxResults ?? documentPage
        var found: [DocumentIdentifier] = []
        for (name, document) in try listed(filter, in: context) where name > after {
            let facts = try DocumentFacts(document, in: context)
            let identifier = facts.identifier(name: name)
            guard filter.matches(identifier) else { continue }
            found.append(identifier)
            if found.count > limit { break }
        }
        let last = found.count > limit ? found[limit - 1].name : nil
        return ListDocumentsResult(
            documentIdentifiers: Array(found.prefix(limit)),
            nextToken: last.map { context.token(for: $0, purpose: "ListDocuments") })
    }

    /// By name; a document of another account by its ARN.
    private static func listed(_ filter: DocumentListFilter, in context: ReadContext) throws
        -> [(name: String, document: StoredDocument)]
    {
        var listed: [(String, StoredDocument)] = []
        if filter.owners.contains("Self") { listed += try StoredDocument.all(in: context).map { ($0.name, $0) } }
        if filter.owners.contains("Amazon") { listed += AmazonDocuments.all.map { ($0.name, $0) } }
        for share in try DocumentShare.sharedWithCaller(in: context)
        where filter.owners.contains(share.isPublic ? "Public" : "Private") {
            guard let document = try StoredDocument.defaultVersion(of: share.name, account: share.account, in: context)
            else { continue }
            listed.append((document.arn(in: context).description, document))
        }
        return listed.sorted { $0.0 < $1.0 }
    }

    /// The newest first, as in the examples of AWS's CLI.
    @Sendable static func listDocumentVersions(_ input: ListDocumentVersionsRequest, in context: ReadContext) throws
        -> ListDocumentVersionsResult
    {
        let standard = try DocumentLookup.find(input.name, in: context)
        context.access("ssm:ListDocumentVersions", on: standard.arn(in: context).description)
        let versions =
            standard.isAmazons
            ? [standard] : try StoredDocument.versions(of: standard.name, account: standard.owner, in: context)
        let purpose = "ListDocumentVersions \(standard.name)"
        let before = try position(in: input.nextToken, purpose: purpose, context).flatMap(Int.init) ?? .max
        let limit = input.maxResults ?? documentPage
        let rest = versions.reversed().filter { $0.version < before }
        return ListDocumentVersionsResult(
            documentVersions: rest.prefix(limit).map { version in
                DocumentVersionInfo(
                    name: version.name, displayName: version.displayName, documentVersion: "\(version.version)",
                    versionName: version.versionName, createdDate: version.versionCreated,
                    isDefaultVersion: version.version == version.defaultVersion, documentFormat: version.format,
                    status: .active)
            },
            nextToken: rest.count > limit ? context.token(for: "\(rest[limit - 1].version)", purpose: purpose) : nil)
    }
}

/// The filters of ListDocuments, all of which must match with one of their values.
///
/// Source: the page of DocumentKeyValuesFilter.
struct DocumentListFilter {
    /// Of `Self`, `Amazon`, `Public` and `Private`.
    let owners: Set<String>
    private let others: [(key: String, values: [String])]

    init(_ filters: [(key: String, values: [String])]) throws(AWSError) {
        var owners: Set<String> = ["Self", "Amazon", "Public", "Private"]
        var others: [(key: String, values: [String])] = []
        for filter in filters {
            switch filter.key {
            case "Owner":
                let wanted = Set(filter.values)
                if !wanted.contains("All") { owners.formIntersection(wanted) }
            case "Name", "PlatformTypes", "DocumentType", "TargetType", "SearchKeyword": others.append(filter)
            case let key where key.hasPrefix("tag:"): others.append(filter)
            default: throw AWSError("InvalidFilterKey")
            }
        }
        self.owners = owners
        self.others = others
    }

    func matches(_ document: DocumentIdentifier) -> Bool {
        others.allSatisfy { filter in
            if filter.key.hasPrefix("tag:") {
                let key = filter.key.dropFirst(4)
                return (document.tags ?? []).contains {
                    $0.key == key && (filter.values.isEmpty || filter.values.contains($0.value))
                }
            }
            return filter.values.contains { value in
                switch filter.key {
                // A name is a prefix. Source: the page of DocumentKeyValuesFilter.
                case "Name": document.name?.hasPrefix(value) == true
                case "PlatformTypes": document.json["PlatformTypes"]?.array?.contains(.string(value)) == true
                case "DocumentType": document.documentType?.rawValue == value
                case "TargetType": document.targetType == value
                default:
                    document.name?.lowercased().contains(value.lowercased()) == true
                        || (document.tags ?? []).contains { $0.key == value || $0.value == value }
                }
            }
        }
    }
}
