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
        Page("POST", "/_windtunnel/sms-opt-outs/*", .write(optOut)),
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
        try messages("sms", "sms_messages", of: request.query["phoneNumber"], in: context) { message in
            JSONObject([
                ("PhoneNumber", .string(message.recipient)),
                ("SubscriptionArn", message.message["subscription"] ?? .null),
            ])
        }
    }

    @Sendable private static func pushMessages(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        try messages("push", "platform_endpoint_messages", of: request.query["endpointArn"], in: context) { message in
            JSONObject([("TargetArn", .string(message.recipient))])
        }
    }

    /// By recipient, in LocalStack's shape: a text that was chosen from several is JSON once more there.
    private static func messages(
        _ kind: String, _ name: String, of wanted: String?, in context: ReadContext,
        _ begin: (Outbox.Message) -> JSONObject
    ) throws -> PageAnswer {
        var byRecipient = JSONObject()
        if let wanted { byRecipient[wanted] = [] }
        for message in try Outbox.list(kind, in: context) where wanted == nil || wanted == message.recipient {
            let letter = message.message
            let text = letter["text"] ?? letter["message"] ?? ""
            var entry = begin(message)
            entry["TopicArn"] = letter["topic"] ?? .null
            entry["Message"] = letter["structure"] == "json" ? .string(text.description) : text
            entry["MessageAttributes"] = letter["attributes"] ?? [:]
            entry["MessageStructure"] = letter["structure"] ?? .null
            entry["Subject"] = letter["subject"] ?? .null
            entry["MessageId"] = letter["messageId"] ?? .null
            byRecipient[message.recipient] = .array((byRecipient[message.recipient]?.array ?? []) + [.object(entry)])
        }
        return .json(.object([name: .object(byRecipient), "region": .string(context.region)]))
    }

    private static func clear(_ kind: String, _ request: PageRequest, in context: WriteContext) throws -> PageAnswer {
        let recipient = request.query["phoneNumber"] ?? request.query["endpointArn"]
        try context.database.run(
            """
            DELETE FROM sns_outbox WHERE account = ?1 AND region = ?2 AND kind = ?3 AND (?4 IS NULL OR recipient = ?4)
            """, context.account, context.region, kind, recipient)
        return .nothing
    }

    @Sendable private static func optOut(_ request: PageRequest, in context: WriteContext) throws -> PageAnswer {
        try PhoneNumbers.check(request.rest)
        try PhoneNumbers.optOut(request.rest, in: context)
        return .json(.object(["phoneNumber": .string(request.rest), "isOptedOut": true]))
    }

    @Sendable private static func subscriptionToken(_ request: PageRequest, in context: ReadContext) throws
        -> PageAnswer
    {
        func failure(_ reason: String, status: Int) -> PageAnswer {
            .json(
                .object([
                    "error": .string("The provided SubscriptionARN is \(reason)"),
                    "subscription_arn": .string(request.rest),
                ]), status: status)
        }
        guard StoredSubscription.split(request.rest) != nil else { return failure("invalid", status: 400) }
        let token = try context.database.first(
            "SELECT token FROM sns_token WHERE subscription = ? AND expires > ? ORDER BY expires DESC LIMIT 1",
            request.rest, context.now.milliseconds
        ) { $0.text(0) }
        guard let token else { return failure("not found", status: 404) }
        return .json(.object(["subscription_token": .string(token), "subscription_arn": .string(request.rest)]))
    }

    // MARK: Mail

    @Sendable private static func mails(_ request: PageRequest, in context: ReadContext) throws -> PageAnswer {
        let mails = try Outbox.list("email", in: context).map { mail in
            JSON.object([
                "mail": .string("\(context.caller.endpoint)/_windtunnel/mail/\(mail.number)"),
                "to": .string(mail.recipient), "time": .string(mail.time.iso8601()),
                "subject": .string(subject(of: mail.message)), "text": .string(text(of: mail.message)),
                "link": .string(link(in: mail.message)),
            ])
        }
        return .json(.object(["mails": .array(mails)]))
    }

    /// Of a mail for people, or of the envelope that `email-json` gets.
    private static func subject(of mail: JSON) -> String {
        let given = mail["subject"]?.string ?? mail["Subject"]?.string
        return given ?? Envelope.mailSubject(mail["Type"]?.string ?? "")
    }

    private static func text(of mail: JSON) -> String { mail["text"]?.string ?? mail.description }

    private static func link(in mail: JSON) -> String {
        mail["link"]?.string ?? mail["SubscribeURL"]?.string ?? mail["UnsubscribeURL"]?.string ?? ""
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
        let link = escaped(link(in: mail.message))
        let body = escaped(text(of: mail.message))
        let subject = escaped(subject(of: mail.message))
        return .text(
            """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>\(subject)</title>
            <h1>\(subject)</h1><p>To: \(escaped(mail.recipient))<br>\(mail.time.iso8601())</p><pre>\(body)</pre>
            <p><a href="\(link)">\(link)</a></p></html>

            """, contentType: "text/html; charset=utf-8")
    }
}
