import WorkflowFormat

extension ToolFailure {
    /// Whether whoever was asked said no to this one call, which says nothing about other calls.
    var isRefusal: Bool { ["bad_argument", "not_found", "refused"].contains(code) }
}
