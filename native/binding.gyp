{
  "targets": [
    {
      "target_name": "puntbench",
      "sources": [
        "addon.cc",
        "addon_files.cc",
        "addon_probe.cc",
        "addon_tracing.cc",
        "addon_trial.cc",
        "direct_io.cc",
        "extents.cc",
        "meters.cc",
        "nowait_oracles.cc",
        "nowait_probe.cc",
        "page_cache.cc",
        "preparation.cc",
        "punt_counter.cc",
        "ring.cc",
        "system_cpu.cc",
        "tracefs.cc",
        "trial.cc",
        "worker_census.cc",
        "write_stream.cc"
      ],
      "dependencies": ["<!(node -p \"require('node-addon-api').targets\"):node_addon_api_except"],
      "defines": [
        "NAPI_VERSION=8",
        "_GNU_SOURCE",
        "LIBURING_VERSION_STRING=\"<!(pkg-config --modversion liburing)\""
      ],
      "cflags_cc!": ["-std=gnu++17", "-fno-rtti"],
      "cflags_cc": ["-std=c++20", "-O2", "-Wall", "-Wextra", "-Wno-missing-field-initializers", "<!@(pkg-config --cflags liburing)"],
      "libraries": ["<!@(pkg-config --libs liburing)"]
    }
  ]
}
