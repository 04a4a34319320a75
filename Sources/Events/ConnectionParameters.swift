import JSON

/// Headers, query strings and members of the body that a connection adds to a request.
struct ConnectionParameters: Sendable, Equatable {
    struct Parameter: Sendable, Equatable {
        let key: String
        let value: String
        let isSecret: Bool
    }

    /// Nil where the request had no such list.
    private(set) var headers: [Parameter]?
    private(set) var query: [Parameter]?
    private(set) var body: [Parameter]?

    var secrets: [String] {
        ((headers ?? []) + (query ?? []) + (body ?? [])).filter(\.isSecret).map(\.value)
    }

    // MARK: As Secrets Manager keeps them

    var json: JSON {
        func list(_ parameters: [Parameter]?) -> JSON? {
            parameters.map { parameters in
                .array(
                    parameters.map {
                        .object([
                            "key": .string($0.key), "value": .string($0.value), "is_value_secret": .bool($0.isSecret),
                        ])
                    })
            }
        }
        return .object([
            "header_parameters": list(headers), "query_string_parameters": list(query), "body_parameters": list(body),
        ])
    }

    init(json: JSON) {
        func list(_ name: String) -> [Parameter]? {
            json[name]?.array?.map {
                Parameter(
                    key: $0["key"]?.string ?? "", value: $0["value"]?.string ?? "",
                    isSecret: $0["is_value_secret"] == true)
            }
        }
        headers = list("header_parameters")
        query = list("query_string_parameters")
        body = list("body_parameters")
    }

    // MARK: As requests give them

    /// - Parameter old: lists that the request leaves out stay; so do values that it gives no new ones for.
    init?(request: JSON?, updating old: ConnectionParameters?) {
        guard let request, request.object != nil else {
            guard let old else { return nil }
            self = old
            return
        }
        func list(_ name: String, _ old: [Parameter]?) -> [Parameter]? {
            request[name]?.array.map { given in
                given.map { parameter in
                    let key = parameter["Key"]?.string ?? ""
                    return Parameter(
                        key: key,
                        value: parameter["Value"]?.string ?? old?.first { $0.key == key }?.value ?? "",
                        isSecret: parameter["IsValueSecret"] == true)
                }
            } ?? old
        }
        headers = list("HeaderParameters", old?.headers)
        query = list("QueryStringParameters", old?.query)
        body = list("BodyParameters", old?.body)
    }

    /// As DescribeConnection shows them.
    var shown: JSON {
        func list(_ parameters: [Parameter]?) -> JSON? {
            parameters.map { parameters in
                .array(
                    parameters.map {
                        .object([
                            "Key": .string($0.key), "Value": $0.isSecret ? nil : .string($0.value),
                            "IsValueSecret": .bool($0.isSecret),
                        ])
                    })
            }
        }
        return .object([
            "HeaderParameters": list(headers), "QueryStringParameters": list(query), "BodyParameters": list(body),
        ])
    }
}
