import JSON
import Kernel
import Model
import SQLite

/// What SNS has beside its API: its certificate, the messages to people and devices, and the tokens of subscriptions, at
/// the addresses that LocalStack has for them.
extension SNS {
    static let pages = [
        Page("GET", "/SimpleNotificationService-*", .read(certificate)),
        Page("GET", "/_aws/sns/sms-messages", .read(textMessages)),
        Page("DELETE", "/_aws/sns/sms-messages", .write { try clear("sms", $0, in: $1) }),
        Page("GET", "/_aws/sns/platform-endpoint-messages", .read(pushMessages)),
        Page("DELETE", "/_aws/sns/platform-endpoint-messages", .write { try clear("push", $0, in: $1) }),
        Page("GET", "/_aws/sns/subscription-tokens/*", .read(subscriptionToken)),
        Page("GET", "/_windtunnel/mail", .read(mails)),
        Page("GET", "/_windtunnel/mail/*", .read(mail)),
        Page("DELETE", "/_windtunnel/mail", .write { try clear("email", $0, in: $1) }),
    ]

    @Sendable private static func certificate(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        guard let signer = try MessageSigner(storedIn: context), request.rest == "\(signer.certificate.id).pem" else {
            return .json(["error": "NotFound", "message": "No message was signed with this certificate."], status: 404)
        }
        return .text(signer.certificate.pem, contentType: "application/x-pem-file")
    }

    @Sendable private static func textMessages(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        var byNumber = JSONObject()
        for message in try Outbox.list("sms", in: context) {
            if let wanted = request.query["phoneNumber"], wanted != message.recipient { continue }
            let entry = JSON.object([
                "PhoneNumber": .string(message.recipient), "TopicArn": .null,
                "SubscriptionArn": message.message["source"] ?? .null,
                "MessageId": message.message["messageId"] ?? .null, "message": message.message["text"] ?? "",
                "message_attributes": message.message["attributes"] ?? [:], "message_structure": .null,
                "subject": .null,
            ])
            byNumber[message.recipient] = .array((byNumber[message.recipient]?.array ?? []) + [entry])
        }
        return .json(.object(["sms_messages": .object(byNumber), "region": .string(context.region)]))
    }

    @Sendable private static func pushMessages(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        var byEndpoint = JSONObject()
        for message in try Outbox.list("push", in: context) {
            if let wanted = request.query["endpointArn"], wanted != message.recipient { continue }
            let entry = JSON.object([
                "TargetArn": .string(message.recipient), "TopicArn": message.message["source"] ?? .null,
                "Message": message.message["message"] ?? "",
                "MessageAttributes": message.message["attributes"] ?? [:], "MessageStructure": .null, "Subject": .null,
                "MessageId": message.message["messageId"] ?? .null,
            ])
            byEndpoint[message.recipient] = .array((byEndpoint[message.recipient]?.array ?? []) + [entry])
        }
        return .json(.object(["platform_endpoint_messages": .object(byEndpoint), "region": .string(context.region)]))
    }

    private static func clear(_ kind: String, _ request: PageRequest, in context: WriteContext) throws -> PageAnswer {
        let recipient = request.query["phoneNumber"] ?? request.query["endpointArn"]
        try context.database.run(
            """
            DELETE FROM sns_outbox WHERE account = ?1 AND region = ?2 AND kind = ?3 AND (?4 IS NULL OR recipient = ?4)
            """, context.account, context.region, kind, recipient)
        return .json([:])
    }

    @Sendable private static func subscriptionToken(_ request: PageRequest, in context: ReadContext) throws
        -> PageAnswer
    {
        guard StoredSubscription.split(request.rest) != nil else {
            return .json(["error": "The provided SubscriptionARN is invalid"], status: 400)
        }
        let token = try context.database.first(
            "SELECT token FROM sns_token WHERE subscription = ? AND expires > ? ORDER BY expires DESC LIMIT 1",
            request.rest, context.now.milliseconds
        ) { $0.text(0) }
        guard let token else { return .json(["error": "The provided SubscriptionARN is not found"], status: 404) }
        return .json(.object(["subscription_token": .string(token), "subscription_arn": .string(request.rest)]))
    }

    // MARK: Mail

    @Sendable private static func mails(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        let mails = try Outbox.list("email", in: context).map { mail in
            JSON.object([
                "mail": .string("\(context.caller.endpoint)/_windtunnel/mail/\(mail.number)"),
                "to": .string(mail.recipient), "time": .string(mail.time.iso8601()),
                "subject": mail.message["subject"] ?? mail.message["Subject"] ?? .null,
                "link": mail.message["link"] ?? mail.message["SubscribeURL"] ?? .null,
            ])
        }
        return .json(.object(["mails": .array(mails)]))
    }

    /// A mail as a page, so that its link can be clicked.
    @Sendable private static func mail(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        guard let mail = try Outbox.list("email", in: context).first(where: { String($0.number) == request.rest })
        else {
            return .json(["error": "NotFound", "message": "There is no such mail."], status: 404)
        }
        func escaped(_ text: String) -> String {
            text.reduce(into: "") { escaped, character in
                switch character {
                case "<": escaped += "&lt;"
                case ">": escaped += "&gt;"
                case "&": escaped += "&amp;"
                case "\"": escaped += "&quot;"
                default: escaped.append(character)
                }
            }
        }
        let link = escaped((mail.message["link"] ?? mail.message["SubscribeURL"])?.string ?? "")
        let body = escaped(mail.message["text"]?.string ?? mail.message.description)
        let subject = escaped((mail.message["subject"] ?? "AWS Notification Message").string ?? "")
        return .text(
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>\(subject)</title>
            <h1>\(subject)</h1><p>To: \(escaped(mail.recipient))<br>\(mail.time.iso8601())</p><pre>\(body)</pre>
            <p><a href="\(link)">\(link)</a></p></html>

            """, contentType: "text/html; charset=utf-8")
    }
}
