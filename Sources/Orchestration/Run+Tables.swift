import PolicyEngine
import Provenance
import ToolExecution
import WorkflowFormat

/// Labels through the tables of a run: a row that is read is as little trusted, and for as few to see, as the least of
/// what was written to the tables it may come from, and names the steps that wrote there. Columns are not followed; a
/// statement may put any of them anywhere.
extension Run {
    /// Takes in what a call did with the run's tables, and gives its observation with what they hold.
    func withTables(
        _ observation: Labelled<Observation>, of prepared: PreparedCall, at address: String
    ) -> Labelled<Observation> {
        switch RunTableUse(prepared.call) {
        case nil: return observation
        case .writes(let table)?:
            // Where the rows came from stands with the step that wrote them. What is written again is joined: the
            // steps before may have read the table as it was.
            let written = Label(
                integrity: prepared.label.integrity, readers: prepared.label.readers,
                sources: [Source(step: address)])
            tableLabels[table] = (tableLabels[table]?.joined(with: written) ?? written).condensed()
            return observation
        case .reads(let tables)?:
            let label = Label.joining((tables ?? Array(tableLabels.keys)).compactMap { tableLabels[$0] })
            return Labelled(observation.value, fields: observation.fields.joined(with: label).condensed())
        }
    }
}
