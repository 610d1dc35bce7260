#pragma once

#include "base/file_descriptor.h"
#include "base/status.h"

namespace puntbench {

// Opens the root of tracefs without changing the system: an existing mount, else a detached mount (fsopen,
// fsmount), which has no mount point and ends with the descriptor. Both need root: `status` is -EPERM or
// -EACCES without it.
FileDescriptor open_tracefs(Status& status);

}  // namespace puntbench
