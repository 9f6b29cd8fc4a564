// Every recording of a BIDS dataset by Nextflow, then the cohort. From a shell:
//
//     nextflow run main.nf --bids BIDS_DIR --out DIR
//
// Both paths are absolute. One recording is one line: its folder appears whole or not at all, and its exit code tells.
// `ictal cohort` takes results that are there as they are.

nextflow.enable.dsl = 2

process recording {
    input: tuple val(name), path(edf)
    output: val true
    script: "mkdir -p '${params.out}' && ictal analyse '${edf}' --out '${params.out}/${name}' --overwrite --no-report --quiet"
}

process cohort {
    input: val ready
    script: "ictal cohort '${params.bids}' --out '${params.out}' --no-report --quiet"
}

workflow {
    edfs = Channel.fromPath("${params.bids}/sub-*/**/eeg/*_eeg.edf")
        .map { edf -> tuple(file(params.bids).relativize(edf).toString() - ~/\.edf$/, edf) }
    recording(edfs) | collect | cohort
}
