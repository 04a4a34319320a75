import JSON
import Kernel
import Model

/// The attributes of a message, in SNS's rules and words, which are not those of SQS.
enum MessageAttributes {
    /// Throws what fails a whole request.
    static func check(_ attributes: JSONObject?) throws {
        for attribute in attributes ?? JSONObject() {
            try checkName(attribute.name)
            try check(attribute.name, attribute.value)
        }
    }

    private static func checkName(_ name: String) throws {
        guard name.utf8.count < 256 else {
            throw AWSError.invalidValue("Length of message attribute name must be less than 256 bytes.")
        }
        for scalar in name.unicodeScalars {
            let isGood = scalar == "." || scalar.isASCII && SNS.isNameByte(UInt8(scalar.value))
            guard isGood else {
                let code = String(scalar.value, radix: 16, uppercase: true)
                throw AWSError.invalidValue(
                    "Invalid non-alphanumeric character '#x\(code)' was found in the message attribute name. Can only include "
                        + "alphanumeric characters, hyphens, underscores, or dots.")
            }
        }
        if name.hasPrefix(".") {
            throw AWSError.invalidValue("Invalid message attribute name starting with character '.' was found.")
        }
        if name.hasSuffix(".") {
            throw AWSError.invalidValue("Invalid message attribute name ending with character '.' was found.")
        }
        if name.contains("..") {
            throw AWSError.invalidValue("Message attribute name can not have successive '.' character.")
        }
    }

    private static func check(_ name: String, _ value: JSON) throws {
        let type = value["DataType"]?.string ?? ""
        let kind = type.prefix { $0 != "." }
        guard ["String", "Number", "Binary"].contains(kind), !type.dropFirst(kind.count).elementsEqual(".") else {
            throw AWSError.invalidValue(
                "The message attribute '\(name)' has an invalid message attribute type, the set of supported type prefixes is "
                    + "Binary, Number, and String.")
        }
        let member = kind == "Binary" ? "BinaryValue" : "StringValue"
        let other = kind == "Binary" ? "StringValue" : "BinaryValue"
        guard let text = value[member]?.string else {
            if value[other]?.string?.isEmpty == false {
                throw AWSError.invalidValue(
                    "The message attribute '\(name)' with type '\(type)' must use field '\(kind == "Binary" ? "Binary" : "String")'."
                )
            }
            throw empty(name, type)
        }
        guard !text.isEmpty else { throw empty(name, type) }
        if kind == "Number", !isNumber(text) {
            throw AWSError.invalidValue("Could not cast message attribute '\(name)' value to number.")
        }
        if kind == "String", text.unicodeScalars.contains(where: { $0.value > 0xFFFF }) {
            throw AWSError.invalidParameter("Message attribute '\(name)' has an invalid character")
        }
    }

    private static func empty(_ name: String, _ type: String) -> AWSError {
        .invalidValue(
            "The message attribute '\(name)' must contain non-empty message attribute value for message attribute type "
                + "'\(type)'.")
    }

    private static func isNumber(_ text: String) -> Bool {
        guard let number = Double(text), number.isFinite else { return false }
        return text.utf8.allSatisfy { (43...57).contains($0) || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }
    }

    /// Bytes of names, types and values.
    static func byteCount(_ attributes: JSONObject?) -> Int {
        (attributes ?? JSONObject()).reduce(0) { count, attribute in
            let value = attribute.value
            let bytes =
                value["StringValue"]?.string?.utf8.count
                ?? value["BinaryValue"]?.string.flatMap { Base64.decode($0)?.count } ?? 0
            return count + attribute.name.utf8.count + (value["DataType"]?.string?.utf8.count ?? 0) + bytes
        }
    }

    /// As a filter policy sees them: numbers are numbers, arrays are arrays, and what is binary is not there.
    static func event(_ attributes: JSONObject?) -> JSON {
        var event = JSONObject()
        for attribute in attributes ?? JSONObject() {
            guard let text = attribute.value["StringValue"]?.string else { continue }
            let type = attribute.value["DataType"]?.string ?? ""
            if type == "String.Array" {
                // A single value counts as an array of it; a text that is no JSON is no value at all.
                event[attribute.name] = (try? JSON(parsing: text)) ?? .array([])
            } else if type.hasPrefix("Number") {
                event[attribute.name] =
                    (try? JSON(parsing: text)) ?? Double(text).map { JSON.number("\($0)") } ?? .string(text)
            } else {
                event[attribute.name] = .string(text)
            }
        }
        return .object(event)
    }
}
