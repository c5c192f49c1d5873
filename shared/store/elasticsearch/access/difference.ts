/** Something that is other than it should be. */
export interface AccessDifference {
  readonly what: string;
  readonly is: string;
  readonly shouldBe: string;
  /** Whether `mendElasticsearchAccess` mends it; the rest is somebody's decision, or that of Elasticsearch's own configuration. */
  readonly canMend: boolean;
}

/** What an audit found. */
export interface AccessAudit {
  readonly differences: readonly AccessDifference[];
  /** What cannot be had here, in full sentences: nothing that anybody could mend. */
  readonly remarks: readonly string[];
}
