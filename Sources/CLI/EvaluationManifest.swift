import ArgumentParser
import Evaluation
import JSONSchemas
import ModelRuntime
import Orchestration
import WorkflowFormat

/// What an evaluation's figures hang on, by digest, and the files that hold them: `manifest.json` says whether somebody
/// else measured the same thing, and whether a file is still the one that was written with it.
enum EvaluationManifest {
    /// The file's name beside the results.
    static let fileName = "manifest.json"

    /// What one evaluation hangs on: data, prompts, model, seed, calibration, program.
    ///
    /// `sources`: those of `suite`, as they were before the runs.
    /// `subject`: what tells the evaluation from others.
    static func conditions(
        _ suite: Suite, _ sources: [SuiteSource], _ workflow: Workflow, model: ModelDescription?, subject: JSONObject,
        runs: [TakenRun]
    ) -> JSONValue {
        let prompts = Run.promptDigests(of: workflow).sorted { $0.key < $1.key }
        var weights: JSONObject = [
            "name": subject["model"] ?? .null, "weights": subject["weights"] ?? .null,
            "temperature": .number(workflow.model.temperature), "seed": .string("\(workflow.model.seed)"),
        ]
        if let first = subject[Run.firstMember] { weights[Run.firstMember] = first }
        if let model {
            weights["context"] = .integer(model.contextTokenLimit)
            weights["remote"] = .bool(model.isRemote)
            weights["deterministic"] = .bool(model.isDeterministic)
        }
        var told: JSONObject = [
            "name": .string(workflow.name), "sha256": subject["version"] ?? .null,
            "prompts": .object(JSONObject(prompts.map { ($0.key, JSONValue.string($0.value)) })),
            "calibration": .null,
        ]
        if subject.keys.contains(Calibration.member) {
            told["calibration"] = digest(ContentDigest.hex(ofFileAt: Calibration.path(in: workflow.directory)))
        }
        return [
            "suite": .string(suite.definition.name), "part": .string(suite.part.rawValue),
            "items": .integer(suite.gold.count), "data": .array(sources.map(\.json)),
            "workflow": .object(told), "model": .object(weights),
            "operator_policy": subject["operator_policy"] ?? .null, "remembered": subject["remembered"] ?? .null,
            "runs": .array(runs.map { .string($0.run) }),
        ]
    }

    /// The whole file: the program, what each evaluation hangs on, and the files of `names` in `directory`.
    static func text(_ results: [EvaluationResult], files names: [String], in directory: String) -> String {
        let manifest: JSONValue = [
            "type": "evaluation_manifest",
            "program": [
                "version": .string(Warrant.configuration.version),
                "sha256": digest(ContentDigest.hex(ofFileAt: "/proc/self/exe")),
            ],
            "evaluations": .array(results.map(\.conditions)),
            "files": .array(
                names.map { name in
                    ["name": .string(name), "sha256": digest(ContentDigest.hex(ofFileAt: directory + "/" + name))]
                }),
        ]
        return manifest.serialized(.pretty) + "\n"
    }

    private static func digest(_ hex: String?) -> JSONValue { hex.map { JSONValue.string($0) } ?? .null }
}
