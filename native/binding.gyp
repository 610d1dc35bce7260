{
  "targets": [
    {
      "target_name": "puntbench",
      "sources": ["<!@(ls addon/*.cc files/*.cc loop/*.cc meters/*.cc probe/*.cc)"],
      "include_dirs": ["."],
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
