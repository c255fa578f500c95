import WorkflowFormat

extension WorkflowCheck {
    /// How many temperatures lie beside the workflow: its limits are held against what comes out of them, and no
    /// fingerprint has them. Nothing where there are none.
    ///
    /// - Throws: `RunStartError` where the file is no calibration; runs would leave it out.
    static func calibrated(_ workflow: Workflow) throws(RunStartError) -> String {
        let calibration: Calibration?
        do throws(CalibrationError) {
            calibration = try Calibration.load(directory: workflow.directory)
        } catch {
            throw RunStartError(error.description)
        }
        guard let count = calibration?.fields.count else { return "" }
        return "; `\(Calibration.fileName)` has temperatures of \(count) field\(count == 1 ? "" : "s")"
    }
}
