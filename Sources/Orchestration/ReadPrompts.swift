import Crypto
import JSONSchemas
public import ModelRuntime
public import WorkflowFormat

extension Run {
    /// The digest of what each reading of `workflow` tells the model to do, by its step's address without the places of
    /// items: the instruction, the schema and what examples count. Limits of confidence are no part of it, so that they can be
    /// set after what was measured; nor is what runs bring along.
    public static func promptDigests(of workflow: Workflow) -> [String: String] {
        var digests: [String: String] = [:]
        collect(workflow.steps, below: "", into: &digests)
        return digests
    }

    /// What tells weights from others in a calibration.
    public static func calibrationKey(of model: ModelDescription) -> String {
        model.sha256 ?? model.name
    }

    private static func collect(_ steps: [StepDefinition], below address: String, into digests: inout [String: String])
    {
        for step in steps {
            let path = address.isEmpty ? step.id : address + "/" + step.id
            switch step.kind {
            case .read(let read):
                var text = read.instruction.text + "\0" + read.schema.source.serialized(.compact)
                // What is counted beside the model makes other shares.
                for choice in read.choices {
                    if let examples = choice.examples { text += "\0examples \(choice.pointer) \(examples.weight)" }
                }
                digests[path] = SHA256.hash(data: Array(text.utf8)).hexadecimal
            case .group(let parts): collect(parts, below: path, into: &digests)
            case .call, .agent, .approve, .render: break
            }
        }
    }
}
