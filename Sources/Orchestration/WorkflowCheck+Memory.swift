import ModelRuntime
import WorkflowFormat

extension WorkflowCheck {
    /// What it means that the workflow names a smaller model, and a limit for the memory of both; nothing where it names no
    /// smaller one.
    ///
    /// Weights that are here are weighed without being loaded; of others only the limit is said.
    ///
    /// - Throws: `RunStartError` for models that no run would load: of no known name, one under two names, or taking more
    ///   than `memory` allows.
    static func first(of workflow: Workflow) throws(RunStartError) -> String {
        try checkFirstModel(of: workflow)
        let settings = workflow.model
        guard let memory = settings.memoryByteCount else { return "" }
        var isWeighed = true
        do throws(ModelError) {
            try ModelCatalog().requireRoom(
                in: memory, for: [settings.first, settings.use].compactMap(\.self), contextTokenLimit: settings.context)
        } catch {
            guard error.code != .overMemory, error.code != .unknownModel else {
                throw RunStartError(error.description)
            }
            isWeighed = false
        }
        guard let first = settings.first else { return "" }
        let isAlone = ServerAddress.names(settings.use) || settings.use.hasPrefix("scripted:")
        let limit = settings.memoryText ?? ""
        let room =
            isWeighed ? "\(isAlone ? "" : "both ")within \(limit)" : "\(isAlone ? "which" : "both") may take \(limit)"
        return "; asks \(first) first, \(room)"
    }
}
