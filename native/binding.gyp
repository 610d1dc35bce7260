{
  "variables": {
    # watch needs clang and libbpf; the driver does not.
    "with_watch%": "<!(bpf/build --check && echo 1 || echo 0)"
  },
  "target_defaults": {
    "include_dirs": ["."],
    "dependencies": ["<!(node -p \"require('node-addon-api').targets\"):node_addon_api_except"],
    "defines": ["NAPI_VERSION=8", "_GNU_SOURCE"],
    "cflags_cc!": ["-std=gnu++17", "-fno-rtti"],
    "cflags_cc": ["-std=c++20", "-O2", "-Wall", "-Wextra", "-Wno-missing-field-initializers"]
  },
  "targets": [
    {
      "target_name": "puntbench",
      "sources": ["<!@(ls addon/*.cc files/*.cc loop/*.cc meters/*.cc probe/*.cc)"],
      "defines": ["LIBURING_VERSION_STRING=\"<!(pkg-config --modversion liburing)\""],
      "cflags_cc": ["<!@(pkg-config --cflags liburing)"],
      "libraries": ["<!@(pkg-config --libs liburing)"]
    }
  ],
  "conditions": [
    ["with_watch==1", {
      "targets": [
        {
          "target_name": "puntbench_watch",
          "sources": ["<!@(ls watch/*.cc)"],
          "libraries": ["<!@(pkg-config --libs libbpf)"],
          "actions": [
            {
              "action_name": "bpf",
              "inputs": ["bpf/build", "<!@(ls bpf/*.h bpf/*.bpf.c)"],
              "outputs": ["<(PRODUCT_DIR)/watch.bpf.o", "<(PRODUCT_DIR)/causes.bpf.o", "<(PRODUCT_DIR)/record.bpf.o"],
              "action": ["bpf/build", "<(PRODUCT_DIR)"]
            }
          ]
        }
      ]
    }]
  ]
}
