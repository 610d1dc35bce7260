/* The list of watched processes, as the BPF programs and their loader share it. */
#pragma once

/* Process ids whose lowest bits are the same stand together. 0: free. */
#define WATCH_PROCESS_PLACES 16384
#define WATCH_PROCESSES_PER_PLACE 4
struct watch_processes {
  unsigned int ids[WATCH_PROCESSES_PER_PLACE];
};
