// RUN: heed-opt %s --heed-form-kernels --heed-lay-out=panel=48 --heed-place --heed-write-loops=cpu=x86-64-v4 --canonicalize --cse --mlir-use-nameloc-as-prefix | FileCheck %s
// RUN: heed-opt %s --heed-form-kernels --heed-lay-out=panel=48 --heed-place --heed-write-loops=cpu=cooperlake --canonicalize --cse --mlir-use-nameloc-as-prefix | FileCheck %s --check-prefix=ROUNDS

!x = tensor<?x64xbf16, #heed.axes<T, 64>>
!h = tensor<?x96xbf16, #heed.axes<T, 96>>
!w = tensor<64x96xbf16, #heed.axes<64, 96>>

// Rows of A are widened once a block. One tile alone reads its panel as it is stored; of several tiles the first one reads it so and widens it for the others.
// CHECK-LABEL: func.func private @y(
// CHECK: %[[A:rows]] = memref.view %scratch
// CHECK: %[[WIDE:panel]] = memref.view %scratch
// CHECK: scf.for %block = %r0 to %r1
// CHECK: scf.for %panel
// CHECK: scf.for %m
// CHECK: scf.if
// CHECK: call @heed.tile.48.bf16(
// CHECK: } else {
// CHECK: scf.if
// CHECK: call @heed.tile.9x48.bf16.widen(
// CHECK: call @heed.tile.48.f32(
// CHECK: scf.for %row
// CHECK: arith.truncf {{.*}} vector<16xf32> to vector<16xbf16>

// CHECK-LABEL: func.func private @heed.tile.9x48.bf16.widen(
// CHECK: scf.for
// CHECK-COUNT-3: arith.extui {{.*}} : vector<16xi16> to vector<16xi32>
// CHECK-COUNT-3: llvm.store {{.*}} : vector<16xf32>
// CHECK-COUNT-27: vector.fma {{.*}} : vector<16xf32>

// A processor that rounds to bf16 is left to do it.
// ROUNDS-LABEL: func.func private @y(
// ROUNDS-NOT: arith.truncf
// ROUNDS: llvm.fptrunc {{.*}} vector<16xf32> to vector<16xbf16>
heed.model @Product digest "" precision "bf16" {
heed.param @w : !w
heed.entry @forward(%x: !x {heed.input = "x"} loc("x"), %w: !w {heed.param = @w} loc("w")) -> (!h {heed.result = "y"}) attributes {sizes = ["T"]} {
  %y = heed.index sum contraction [t < T, o < 96 | i < 64] (%x[t, i], %w[i, o]) {
  ^bb0(%0: f32, %1: f32):
    %2 = arith.mulf %0, %1 : f32
    heed.yield %2 : f32
  } : (!x, !w) -> !h loc("y")
  heed.return %y : !h
}
}
