import JSON
import Kernel
import Model
import SQLite

/// Text messages: their settings, who does not want them, and the sandbox of a new account.
enum PhoneNumbers {
    /// Of one message, sent in as many parts as it takes.
    ///
    /// Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    static let characterLimit = 1600

    static func isOptedOut(_ number: String, _ account: String, _ region: String, in context: ReadContext) throws
        -> Bool
    {
        try context.database.first(
            "SELECT is_opted_out FROM sns_phone_number WHERE account = ? AND region = ? AND number = ?", account,
            region,
            number
        ) { $0.bool(0) } ?? false
    }

    static func check(_ number: String) throws {
        guard number.hasPrefix("+"), Endpoints.isPhoneNumber(number) else {
            throw AWSError.invalidParameter("PhoneNumber Reason: input incorrectly formatted")
        }
    }

    /// What somebody does who answers STOP to a text message.
    static func optOut(_ number: String, in context: WriteContext) throws {
        try context.database.run(
            """
            INSERT INTO sns_phone_number (account, region, number, is_opted_out) VALUES (?, ?, ?, 1)
            ON CONFLICT DO UPDATE SET is_opted_out = 1
            """, context.account, context.region, number)
    }

    static let attributes: Set<String> = [
        "MonthlySpendLimit", "DeliveryStatusIAMRole", "DeliveryStatusSuccessSamplingRate", "DefaultSenderID",
        "DefaultSMSType", "UsageReportS3Bucket",
    ]
}

extension PhoneNumbers {
    /// What is wrong with a setting; these texts begin with its name.
    static func fault(of name: String, _ value: String) -> String? {
        guard attributes.contains(name) else { return "is not a valid attribute" }
        let isGood =
            switch name {
            case "DefaultSMSType": ["Promotional", "Transactional"].contains(value)
            case "DefaultSenderID": isSenderID(value)
            case "MonthlySpendLimit": Int(value).map { $0 >= 0 } == true
            case "DeliveryStatusSuccessSamplingRate": Int(value).map((0...100).contains) == true
            default: true
            }
        return isGood ? nil : "is invalid"
    }

    /// Up to eleven letters and digits, at least one of them a letter.
    private static func isSenderID(_ text: String) -> Bool {
        (1...11).contains(text.utf8.count) && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            && text.contains(where: \.isLetter)
    }
}

extension SNS {
    @Sendable static func checkIfPhoneNumberIsOptedOut(
        _ input: CheckIfPhoneNumberIsOptedOutInput, in context: ReadContext
    ) throws -> CheckIfPhoneNumberIsOptedOutResponse {
        context.access("sns:CheckIfPhoneNumberIsOptedOut", on: "*")
        try PhoneNumbers.check(input.phoneNumber)
        return CheckIfPhoneNumberIsOptedOutResponse(
            isOptedOut: try PhoneNumbers.isOptedOut(input.phoneNumber, context.account, context.region, in: context))
    }

    @Sendable static func listPhoneNumbersOptedOut(_ input: ListPhoneNumbersOptedOutInput, in context: ReadContext)
        throws
        -> ListPhoneNumbersOptedOutResponse
    {
        context.access("sns:ListPhoneNumbersOptedOut", on: "*")
        let start = try position(input.nextToken, "ListPhoneNumbersOptedOut", in: context)
        let numbers = try phoneNumbers("is_opted_out = 1", after: start, in: context).map(\.number)
        return ListPhoneNumbersOptedOutResponse(
            phoneNumbers: Array(numbers.prefix(pageSize)),
            nextToken: numbers.count > pageSize
                ? context.token(for: numbers[pageSize - 1], purpose: "ListPhoneNumbersOptedOut") : nil)
    }

    @Sendable static func optInPhoneNumber(_ input: OptInPhoneNumberInput, in context: WriteContext) throws
        -> OptInPhoneNumberResponse
    {
        context.access("sns:OptInPhoneNumber", on: "*")
        try PhoneNumbers.check(input.phoneNumber)
        try context.database.run(
            "UPDATE sns_phone_number SET is_opted_out = 0 WHERE account = ? AND region = ? AND number = ?",
            context.account, context.region, input.phoneNumber)
        return OptInPhoneNumberResponse()
    }

    private static func phoneNumbers(_ condition: StaticString, after start: String, in context: ReadContext) throws
        -> [(number: String, status: String)]
    {
        var numbers: [(number: String, status: String)] = []
        try context.database.query(
            composed: """
                SELECT number, ifnull(sandbox_status, '') FROM sns_phone_number
                WHERE account = ? AND region = ? AND number > ? AND \(condition) ORDER BY number LIMIT ?
                """, [context.account, context.region, start, pageSize + 1]
        ) { numbers.append(($0.text(0), $0.text(1))) }
        return numbers
    }

    // MARK: Settings

    @Sendable static func setSMSAttributes(_ input: SetSMSAttributesInput, in context: WriteContext) throws
        -> SetSMSAttributesResponse
    {
        context.access("sns:SetSMSAttributes", on: "*")
        for (name, value) in input.attributes.entries {
            if let fault = PhoneNumbers.fault(of: name, value) {
                throw AWSError("InvalidParameterException", "\(name) \(fault)")
            }
        }
        for (name, value) in input.attributes.entries {
            try context.database.run(
                "INSERT OR REPLACE INTO sns_sms_attribute (account, region, name, value) VALUES (?, ?, ?, ?)",
                context.account, context.region, name, value)
        }
        try context.record(
            .changed, context.arn("sms-attributes"), operation: "SetSMSAttributes",
            detail: .object(["attributes": .array(input.attributes.entries.map { .string($0.key) })]))
        try context.notEnforced(
            "SMS attributes", reason: "text messages go to the outbox: no money is spent and no report is written")
        return SetSMSAttributesResponse()
    }

    @Sendable static func getSMSAttributes(_ input: GetSMSAttributesInput, in context: ReadContext) throws
        -> GetSMSAttributesResponse
    {
        context.access("sns:GetSMSAttributes", on: "*")
        var attributes: [(key: String, value: String)] = []
        try context.database.query(
            "SELECT name, value FROM sns_sms_attribute WHERE account = ? AND region = ? ORDER BY name", context.account,
            context.region
        ) { attributes.append(($0.text(0), $0.text(1))) }
        if !attributes.contains(where: { $0.key == "MonthlySpendLimit" }) {
            attributes.insert(("MonthlySpendLimit", "1"), at: 0)
        }
        if let asked = input.attributes, !asked.isEmpty { attributes.removeAll { !asked.contains($0.key) } }
        return GetSMSAttributesResponse(attributes: MapView(attributes))
    }

    // MARK: Sandbox

    @Sendable static func getSMSSandboxAccountStatus(_ input: GetSMSSandboxAccountStatusInput, in context: ReadContext)
        throws -> GetSMSSandboxAccountStatusResult
    {
        context.access("sns:GetSMSSandboxAccountStatus", on: "*")
        return GetSMSSandboxAccountStatusResult(isInSandbox: false)
    }

    @Sendable static func createSMSSandboxPhoneNumber(
        _ input: CreateSMSSandboxPhoneNumberInput, in context: WriteContext
    )
        throws -> CreateSMSSandboxPhoneNumberResult
    {
        context.access("sns:CreateSMSSandboxPhoneNumber", on: "*")
        try PhoneNumbers.check(input.phoneNumber)
        guard try !PhoneNumbers.isOptedOut(input.phoneNumber, context.account, context.region, in: context) else {
            throw AWSError("OptedOutException", "The phone number \(input.phoneNumber) has opted out.")
        }
        let code = String(100_000 + context.random.next() % 900_000)
        try context.database.run(
            """
            INSERT INTO sns_phone_number (account, region, number, is_opted_out, sandbox_status, sandbox_code)
            VALUES (?, ?, ?, 0, 'Pending', ?) ON CONFLICT DO UPDATE SET sandbox_code = excluded.sandbox_code,
                sandbox_status = ifnull(sandbox_status, 'Pending')
            """, context.account, context.region, input.phoneNumber, code)
        _ = try Outbox.text(
            .object(["Message": .string("Your verification code is \(code).")]), to: input.phoneNumber, in: context)
        return CreateSMSSandboxPhoneNumberResult()
    }

    @Sendable static func verifySMSSandboxPhoneNumber(
        _ input: VerifySMSSandboxPhoneNumberInput, in context: WriteContext
    )
        throws -> VerifySMSSandboxPhoneNumberResult
    {
        context.access("sns:VerifySMSSandboxPhoneNumber", on: "*")
        let code = try context.database.first(
            """
            SELECT sandbox_code FROM sns_phone_number
            WHERE account = ? AND region = ? AND number = ? AND sandbox_status IS NOT NULL
            """, context.account, context.region, input.phoneNumber
        ) { $0.text(0) }
        guard let code else { throw AWSError("ResourceNotFoundException", "Destination phone number not found") }
        guard code == input.oneTimePassword else {
            throw AWSError("VerificationException", "One-time password is invalid")
        }
        try context.database.run(
            "UPDATE sns_phone_number SET sandbox_status = 'Verified' WHERE account = ? AND region = ? AND number = ?",
            context.account, context.region, input.phoneNumber)
        return VerifySMSSandboxPhoneNumberResult()
    }

    @Sendable static func deleteSMSSandboxPhoneNumber(
        _ input: DeleteSMSSandboxPhoneNumberInput, in context: WriteContext
    )
        throws -> DeleteSMSSandboxPhoneNumberResult
    {
        context.access("sns:DeleteSMSSandboxPhoneNumber", on: "*")
        let removed = try context.database.run(
            """
            UPDATE sns_phone_number SET sandbox_status = NULL WHERE account = ? AND region = ? AND number = ?
            AND sandbox_status IS NOT NULL
            """, context.account, context.region, input.phoneNumber)
        guard removed > 0 else { throw AWSError("ResourceNotFoundException", "Destination phone number not found") }
        return DeleteSMSSandboxPhoneNumberResult()
    }

    @Sendable static func listSMSSandboxPhoneNumbers(_ input: ListSMSSandboxPhoneNumbersInput, in context: ReadContext)
        throws -> ListSMSSandboxPhoneNumbersResult
    {
        context.access("sns:ListSMSSandboxPhoneNumbers", on: "*")
        let start = try position(input.nextToken, "ListSMSSandboxPhoneNumbers", in: context)
        let numbers = try phoneNumbers("sandbox_status IS NOT NULL", after: start, in: context)
        let limit = input.maxResults ?? pageSize
        return ListSMSSandboxPhoneNumbersResult(
            phoneNumbers: numbers.prefix(limit).map {
                SMSSandboxPhoneNumber(
                    phoneNumber: $0.number, status: SMSSandboxPhoneNumberVerificationStatus(rawValue: $0.status))
            },
            nextToken: numbers.count > limit
                ? context.token(for: numbers[limit - 1].number, purpose: "ListSMSSandboxPhoneNumbers") : nil)
    }

    /// Nobody has bought a number here.
    @Sendable static func listOriginationNumbers(_ input: ListOriginationNumbersRequest, in context: ReadContext) throws
        -> ListOriginationNumbersResult
    {
        context.access("sns:ListOriginationNumbers", on: "*")
        return ListOriginationNumbersResult(phoneNumbers: [])
    }
}
