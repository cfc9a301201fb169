// The Sun and four planets under Newton's law: symplectic integration in
// double precision.
#include <math.h>

#include "kernel.h"

enum { kBodies = 5 };

typedef struct {
  double x[3], v[3], mass;
} Body;

static const double kDaysPerYear = 365.24;
static const double kSolarMass = 39.478417604357434;  // 4 pi^2

// Astronomical units, and astronomical units a day.
static const Body kPlanets[kBodies] = {
    {{0, 0, 0}, {0, 0, 0}, 1},
    {{4.84143144246472090, -1.16032004402742839, -0.103622044471123109},
     {0.00166007664274403694, 0.00769901118419740425,
      -0.0000690460016972063023},
     0.000954791938424326609},
    {{8.34336671824457987, 4.12479856412430479, -0.403523417114321381},
     {-0.00276742510726411, 0.00499852801234917, 0.0000230417297573763929},
     0.000285885980666130812},
    {{12.8943695621391310, -15.1111514016986312, -0.223307578892655734},
     {0.00296460137564761618, 0.00237847173959480950,
      -0.0000296589568540237556},
     0.0000436624404335156298},
    {{15.3796971148509165, -25.9193146099879641, 0.179258772950371181},
     {0.00268067772490389322, 0.00162824170038242295,
      -0.0000951592254519715870},
     0.0000515138902046611451},
};

static Body bodies[kBodies];

static void Prepare(void) {
  double momentum[3] = {0, 0, 0};
  for (int i = 0; i < kBodies; ++i) {
    bodies[i] = kPlanets[i];
    bodies[i].mass *= kSolarMass;
    for (int k = 0; k < 3; ++k) {
      bodies[i].v[k] *= kDaysPerYear;
      momentum[k] += bodies[i].v[k] * bodies[i].mass;
    }
  }
  for (int k = 0; k < 3; ++k) bodies[0].v[k] = -momentum[k] / kSolarMass;
}

static void Advance(double dt) {
  for (int i = 0; i < kBodies; ++i) {
    Body* a = &bodies[i];
    for (int j = i + 1; j < kBodies; ++j) {
      Body* b = &bodies[j];
      double d[3], square = 0;
      for (int k = 0; k < 3; ++k) {
        d[k] = a->x[k] - b->x[k];
        square += d[k] * d[k];
      }
      const double pull = dt / (square * sqrt(square));
      for (int k = 0; k < 3; ++k) {
        a->v[k] -= d[k] * b->mass * pull;
        b->v[k] += d[k] * a->mass * pull;
      }
    }
  }
  for (int i = 0; i < kBodies; ++i) {
    for (int k = 0; k < 3; ++k) bodies[i].x[k] += dt * bodies[i].v[k];
  }
}

static uint64_t Run(uint32_t rounds) {
  Prepare();
  for (uint32_t round = 0; round < rounds; ++round) Advance(0.01);
  uint64_t checksum = 0;
  for (int i = 0; i < kBodies; ++i) {
    checksum = FoldDoubles(checksum, bodies[i].x, 3);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 7000000, Run); }
