import type { GradeSeats } from '@outerpark/contracts/http/musicals';

export interface PerformanceOfGrades {
  performanceId: string;
  startsAt: string;
  venue: string;
  grades: GradeSeats[];
}

/** Grades under their performances, the earliest performance first; grades stay in their order. */
export function performancesOf(grades: GradeSeats[]): PerformanceOfGrades[] {
  const performances = new Map<string, PerformanceOfGrades>();
  for (const grade of grades) {
    const { performanceId, startsAt, venue } = grade;
    const known = performances.get(performanceId);
    if (known) known.grades.push(grade);
    else performances.set(performanceId, { performanceId, startsAt, venue, grades: [grade] });
  }
  return [...performances.values()].sort((a, b) => a.startsAt.localeCompare(b.startsAt));
}
