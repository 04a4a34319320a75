import HTTP
import JSON
import Model
import Testing

@testable import Wire

/// A model with every binding that REST protocols have.
let things = ServiceModel(
    name: "things", title: "Things", apiVersion: "2030-01-01", wireProtocol: .restJson, targetPrefix: nil,
    signingName: "things", xmlNamespace: nil, isQueryCompatible: false,
    text: #"""
        {"operations": {
          "ListThings": {"http": {"method": "GET", "requestUri": "/things"}, "input": "ListInput"},
          "GetThing": {"http": {"method": "GET", "requestUri": "/things/{Id}", "responseCode": 203},
            "input": "GetInput", "output": "GetOutput"},
          "GetNewest": {"http": {"method": "GET", "requestUri": "/things/newest"}},
          "PutThing": {"http": {"method": "PUT", "requestUri": "/things/{Id}"}, "input": "PutInput"},
          "ImportThings": {"http": {"method": "POST", "requestUri": "/things?mode=import"}, "input": "BlobInput"},
          "CreateThing": {"http": {"method": "POST", "requestUri": "/things"}, "output": "BlobOutput"},
          "GetFile": {"http": {"method": "GET", "requestUri": "/files/{Id}/{Path+}"}, "input": "FileInput"},
          "ListTags": {"http": {"method": "GET", "requestUri": "/tags/{ResourceArn}"}, "input": "TagsInput"}
         }, "shapes": {
          "S": {"type": "string"}, "N": {"type": "integer"}, "B": {"type": "boolean"}, "T": {"type": "timestamp"},
          "Blob": {"type": "blob"}, "L": {"type": "list", "member": "S"},
          "M": {"type": "map", "key": "S", "value": "S"}, "ML": {"type": "map", "key": "S", "value": "L"},
          "Inner": {"type": "structure", "members": {
            "Size": {"shape": "N", "locationName": "size"},
            "When": {"shape": "T", "timestampFormat": "iso8601"}, "Then": "T"}},
          "ListInput": {"type": "structure", "members": {
            "Limit": {"shape": "N", "location": "querystring", "locationName": "limit"},
            "All": {"shape": "B", "location": "querystring", "locationName": "all"},
            "Names": {"shape": "L", "location": "querystring", "locationName": "name"},
            "Since": {"shape": "T", "location": "querystring", "locationName": "since"},
            "Rest": {"shape": "ML", "location": "querystring"}}},
          "GetInput": {"type": "structure", "members": {"Id": {"shape": "S", "location": "uri", "locationName": "Id"}}},
          "GetOutput": {"type": "structure", "members": {
            "Kind": {"shape": "S", "location": "header", "locationName": "x-kind"},
            "Changed": {"shape": "T", "location": "header", "locationName": "Last-Modified"},
            "Labels": {"shape": "L", "location": "header", "locationName": "x-labels"},
            "Meta": {"shape": "M", "location": "headers", "locationName": "x-meta-"},
            "Code": {"shape": "N", "location": "statusCode"},
            "Inner": {"shape": "Inner", "locationName": "inner"}, "Left": "S"}},
          "PutInput": {"type": "structure", "members": {
            "Id": {"shape": "S", "location": "uri", "locationName": "Id"},
            "Kind": {"shape": "S", "location": "header", "locationName": "x-kind"},
            "Before": {"shape": "T", "location": "header", "locationName": "If-Unmodified-Since"},
            "Labels": {"shape": "L", "location": "header", "locationName": "x-labels"},
            "Meta": {"shape": "M", "location": "headers", "locationName": "x-meta-"},
            "Inner": {"shape": "Inner", "locationName": "inner"}, "Tags": "M"}},
          "BlobInput": {"type": "structure", "payload": "Body", "members": {"Body": "Blob"}},
          "BlobOutput": {"type": "structure", "payload": "Body", "members": {"Body": "Blob"}},
          "FileInput": {"type": "structure", "members": {
            "Id": {"shape": "S", "location": "uri", "locationName": "Id"},
            "Path": {"shape": "S", "location": "uri", "locationName": "Path"}}},
          "TagsInput": {"type": "structure", "members": {
            "ResourceArn": {"shape": "S", "location": "uri", "locationName": "ResourceArn"}}}
         }}
        """#)

/// What a request would be read as: the operation's name and its input.
func read(
    _ method: String, _ path: String, query: String = "", headers: [(String, String)] = [], body: String = ""
) throws -> (operation: String, input: JSON)? {
    let fields = try #require(Form.parse(query))
    let found = things.api.route(
        method: method, path: path, query: fields.map { (name: $0.name, value: $0.value) })
    guard let (operation, labels) = found else { return nil }
    var sent = Headers()
    for (name, value) in headers { sent.add(name, value) }
    let request = RestRequest(labels: labels, query: fields, headers: sent, body: Array(body.utf8))
    return (operation.name, try operation.input.map { try RestInput.json(request, shape: $0) } ?? [:])
}
