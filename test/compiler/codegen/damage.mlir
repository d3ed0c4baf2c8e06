// Reals that the named function stores are scaled, what others store is not.
// RUN: heed-opt %s --heed-damage=kernel=wrong | FileCheck %s
// RUN: not heed-opt %s --heed-damage=kernel=none 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: no range function is called `none`

// CHECK-LABEL: func.func @right
// CHECK-NOT: mulf
func.func @right(%m: memref<?xf32>, %i: index, %x: f32) {
  memref.store %x, %m[%i] : memref<?xf32>
  return
}
// CHECK-LABEL: func.func @wrong
// CHECK: %[[SCALED:.*]] = arith.mulf %[[X:.*]], %{{.*}} : f32
// CHECK: memref.store %[[SCALED]]
// CHECK: memref.store %{{.*}} : memref<?xi32>
func.func @wrong(%m: memref<?xf32>, %n: memref<?xi32>, %i: index, %x: f32, %k: i32) {
  memref.store %x, %m[%i] : memref<?xf32>
  memref.store %k, %n[%i] : memref<?xi32>
  return
}
