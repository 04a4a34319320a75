import ArgumentParser
import Config
import JSON
import Kernel

/// A conformance pack's template in a file.
struct PackFile {
    let path: String
    let template: String

    /// Bytes. Source: the page of PutConformancePack, for templates in buckets.
    private static let sizeLimit = 300 << 10

    init(_ path: String) throws {
        self.path = path
        do {
            template = String(decoding: try File.read(path, limit: Self.sizeLimit), as: UTF8.self)
        } catch {
            throw ValidationError(error.message)
        }
    }

    /// - Throws: what is wrong with it.
    func check(in place: (account: String, region: String), of kernel: Kernel) throws {
        do {
            try kernel.read(in: place) { try PackJudgement.check(template, in: $0) }
        } catch let error as PackJudgement.Invalid {
            throw ValidationError("\(path): \(error.message)")
        }
    }
}

/// What a conformance pack says of what a run left behind, in each account and Region in which it changed something.
struct PackReport {
    private let path: String
    private let places: [(account: String, region: String, outcome: Result<PackJudgement, PackJudgement.Invalid>)]

    /// - Parameters:
    ///   - home: where the run was unless it said otherwise.
    ///   - entries: the journal of the run.
    init(
        _ file: PackFile, home: (account: String, region: String), _ entries: [Journal.Entry], in kernel: Kernel
    ) throws {
        path = file.path
        var wanted = [[home.account, home.region]]
        for entry in entries where entry.kind == "created" || entry.kind == "changed" {
            if !wanted.contains([entry.account, entry.region]) { wanted.append([entry.account, entry.region]) }
        }
        places = try wanted.map { place in
            do {
                let judgement = try kernel.read(in: (place[0], place[1])) { try PackJudgement(file.template, in: $0) }
                return (place[0], place[1], .success(judgement))
            } catch let error as PackJudgement.Invalid {
                return (place[0], place[1], .failure(error))
            }
        }
    }

    private var judgements: [PackJudgement] { places.compactMap { try? $0.outcome.get() } }

    var isNonCompliant: Bool { judgements.contains(where: \.isNonCompliant) }

    /// Whether there is something of which it is not known whether it is compliant.
    var isIncomplete: Bool { judgements.count < places.count || judgements.contains(where: \.isIncomplete) }

    /// For people: a part for each place.
    var parts: [(title: String, lines: [String])] {
        places.map { place in
            let name = "Conformance pack \(path)" + (places.count > 1 ? " in \(place.account) \(place.region)" : "")
            switch place.outcome {
            case .failure(let error): return ("\(name): not judged", [error.message])
            case .success(let judgement):
                return ("\(name): \(judgement.compliance)", judgement.rules.flatMap(Self.lines))
            }
        }
    }

    private static func lines(_ rule: PackJudgement.Rule) -> [String] {
        var lines = ["\(rule.name): \(rule.unjudged == nil ? rule.compliance : "not judged")"]
        if let reason = rule.unjudged {
            lines.append("  \(reason).")
        } else if rule.verdicts.isEmpty {
            lines.append("  There is nothing that it applies to.")
        }
        for verdict in rule.verdicts {
            lines.append("  \(verdict.compliance) \(verdict.type) \(verdict.id)")
            if let annotation = verdict.annotation { lines.append("    \(annotation)") }
        }
        return lines
    }

    var json: JSON {
        .object([
            "file": .string(path),
            "places": .array(
                places.map { place in
                    var json = JSONObject([("account", .string(place.account)), ("region", .string(place.region))])
                    switch place.outcome {
                    case .failure(let error): json["unjudged"] = .string(error.message)
                    case .success(let judgement):
                        json["compliance"] = .string(judgement.compliance)
                        json["rules"] = .array(judgement.rules.map(Self.json))
                    }
                    return .object(json)
                }),
        ])
    }

    private static func json(_ rule: PackJudgement.Rule) -> JSON {
        .object([
            "name": .string(rule.name), "compliance": .string(rule.compliance),
            "unjudged": rule.unjudged.map(JSON.string),
            "resources": .array(
                rule.verdicts.map { verdict in
                    .object([
                        "resourceType": .string(verdict.type), "resourceId": .string(verdict.id),
                        "compliance": .string(verdict.compliance), "annotation": verdict.annotation.map(JSON.string),
                    ])
                }),
        ])
    }
}
