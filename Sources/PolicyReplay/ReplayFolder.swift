import Foundation
import JSONSchemas
import WorkflowFormat

/// A folder of suites (`*.json`) and a folder of policies (`SUITE.yaml`).
public enum ReplayFolder {
    /// The replays of every suite in `suites` with the policy of its name in `policies`, in the order of their names.
    ///
    /// A JSON file without `user_tasks` is something else and left alone.
    /// - Throws: ``ReplayError``, or `WorkflowErrors` for a policy.
    public static func load(suites: String, policies: String) throws -> [SuiteReplay] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: suites).sorted()
        } catch {
            throw ReplayError("read the folder `\(suites)`", reason: "it can't be listed")
        }
        var replays: [SuiteReplay] = []
        for name in names where name.hasSuffix(".json") {
            let path = suites + "/" + name
            guard let data = FileManager.default.contents(atPath: path), let json = try? JSONValue(parsing: data) else {
                throw ReplayError("read the recorded tasks in `\(path)`", reason: "it isn't JSON")
            }
            guard json["user_tasks"] != nil else { continue }
            let suite = try ReplaySuite(fromJSON: json, file: path)
            let policy = try PolicyFile.load(path: "\(policies)/\(suite.name).yaml", tools: [])
            replays.append(try SuiteReplay(suite, policy: policy))
        }
        guard !replays.isEmpty else {
            throw ReplayError("replay `\(suites)`", reason: "no file there holds recorded tasks")
        }
        return replays
    }

    /// Plays all suites at one level.
    public static func play(_ replays: [SuiteReplay], at level: PolicyLevel) throws(ReplayError) -> ReplayOutcome {
        var total = ReplayOutcome(level: level)
        for replay in replays { total.add(try replay.play(at: level)) }
        return total
    }
}
