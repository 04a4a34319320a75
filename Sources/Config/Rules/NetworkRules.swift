import JSON
import Kernel
import Model

/// The managed rules about security groups and network ACLs, and others that compare numbers and times.
enum NetworkRules {
    static let functions: [String: Judge.Function] = [
        "INCOMING_SSH_DISABLED": { subject, _ in noWorld(subject, to: [22]) },
        "RESTRICTED_INCOMING_TRAFFIC": restrictedTraffic,
        "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS": authorizedPortsOnly,
        "NACL_NO_UNRESTRICTED_SSH_RDP": noWorldInACL,
        "ACM_CERTIFICATE_EXPIRATION_CHECK": certificateExpiration,
    ]

    private static let world: Set = ["0.0.0.0/0", "::/0"]

    // MARK: Security groups

    /// A permission of a group that lets everybody in.
    private struct Opening {
        let path: String
        let json: JSON
        let networkProtocol: String
        let ports: ClosedRange<Int>

        init?(_ json: JSON, place: Int) {
            let ranges = (json["ipv4Ranges"]?.array ?? []) + (json["ipv6Ranges"]?.array ?? [])
            let networks =
                ranges.compactMap { $0["cidrIp"]?.string ?? $0["cidrIpv6"]?.string }
                + (json["ipRanges"]?.array ?? []).compactMap(\.string)
            guard networks.contains(where: world.contains) else { return nil }
            path = "/configuration/ipPermissions/\(place)"
            self.json = json
            networkProtocol = json["ipProtocol"]?.string ?? "-1"
            let from = json["fromPort"]?.int ?? 0
            let to = json["toPort"]?.int ?? 65_535
            ports = networkProtocol == "-1" || from < 0 ? 0...65_535 : from...max(from, to)
        }

        func isOpen(_ wanted: Set<String>) -> Bool { networkProtocol == "-1" || wanted.contains(networkProtocol) }

        func finding(_ clause: String, _ text: String) -> Judgement.Finding {
            Judgement.Finding(clause: clause, path: path, value: json, text: text)
        }
    }

    private static func openings(_ subject: RuleSubject) -> [Opening] {
        (subject.configuration["ipPermissions"]?.array ?? []).enumerated().compactMap { Opening($1, place: $0) }
    }

    private static func noWorld(_ subject: RuleSubject, to ports: [Int]) -> Judgement {
        Judgement(
            openings(subject).filter { $0.isOpen(["tcp", "6"]) }.flatMap { opening in
                ports.filter(opening.ports.contains).map { port in
                    opening.finding(
                        "port \(port) is not open to everybody", "Port \(port) is open to everybody.")
                }
            })
    }

    private static func restrictedTraffic(_ subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        let listed = (parameters.texts("blockedPorts") ?? []).compactMap { Int($0) }
        return noWorld(subject, to: (1...5).compactMap { parameters["blockedPort\($0)"]?.int } + listed)
    }

    private static func authorizedPortsOnly(_ subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        func ranges(_ name: String) -> [ClosedRange<Int>] {
            let texts =
                parameters.texts(name) ?? parameters[name].map { RuleParameters.list($0.string ?? $0.description) }
            return (texts ?? []).compactMap { text in
                let ends = text.split(separator: "-").compactMap { Int($0) }
                guard let from = ends.first, let to = ends.last, from <= to else { return nil }
                return from...to
            }
        }
        let allowed = [
            "tcp": ranges("authorizedTcpPorts"), "6": ranges("authorizedTcpPorts"),
            "udp": ranges("authorizedUdpPorts"), "17": ranges("authorizedUdpPorts"),
        ]
        return Judgement(
            openings(subject).filter { opening in
                guard let ranges = allowed[opening.networkProtocol] else { return opening.networkProtocol == "-1" }
                return !opening.ports.allSatisfy { port in ranges.contains { $0.contains(port) } }
            }.map { $0.finding("only authorized ports are open to everybody", "Other ports are open to everybody.") })
    }

    // MARK: Network ACLs

    /// The entry with the lowest number that is about the traffic decides.
    private static func noWorldInACL(_ subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        let entries = (subject.configuration["entries"]?.array ?? []).filter { entry in
            entry["egress"]?.bool != true && ["6", "17", "-1"].contains(entry["protocol"]?.string ?? "")
                && world.contains(entry["cidrBlock"]?.string ?? entry["ipv6CidrBlock"]?.string ?? "")
        }.sorted { ($0["ruleNumber"]?.int ?? 0) < ($1["ruleNumber"]?.int ?? 0) }
        return Judgement(
            [22, 3389].compactMap { port in
                let deciding = entries.first { entry in
                    guard let from = entry["portRange"]?["from"]?.int, let to = entry["portRange"]?["to"]?.int else {
                        return true
                    }
                    return from <= port && port <= to
                }
                guard let deciding, deciding["ruleAction"] == "allow" else { return nil }
                return Judgement.Finding(
                    clause: "port \(port) is not open to everybody", path: "/configuration/entries", value: deciding,
                    text: "Port \(port) is open to everybody.")
            })
    }

    // MARK: Times

    private static let secondsOfDay = 86_400

    private static func certificateExpiration(_ subject: RuleSubject, _ parameters: RuleParameters) -> Judgement {
        let path = "/configuration/notAfter"
        guard let text = subject.configuration["notAfter"]?.string, let end = Timestamp(iso8601: text) else {
            return .insufficientData("There is no notAfter in the item.")
        }
        let days = parameters["daysToExpiration"]?.int ?? 14
        guard end > subject.now.adding(seconds: days * secondsOfDay) else {
            return .nonCompliant(
                "The certificate expires within \(days) days.", clause: "notAfter is more than \(days) days away",
                path: path, value: .string(text))
        }
        return .compliant
    }
}
