// What GitLab's own API description (doc/api/openapi/openapi_v2.yaml and its entities) names: operations, their values, fields of answers.
//
// The description gives nearly every field as a string, so only names are taken from it; types come from the client package.

export interface GitlabOperation {
  readonly method: string;
  readonly path: RegExp;
  readonly query?: readonly string[];
  readonly body?: Readonly<Record<string, 'string' | 'integer' | 'boolean' | 'integers' | 'words'>>;
  readonly required?: readonly string[];
  /** Fields that the answer (or each item of it) may have. */
  readonly fields: readonly string[];
  /** The client package's type for it. */
  readonly type: string;
}

const PAGES = ['page', 'per_page'];

const USER = ['id', 'username', 'name', 'state', 'locked', 'avatar_url', 'web_url', 'public_email', 'created_at'];

const PROJECT = [
  ...[
    'id',
    'description',
    'name',
    'name_with_namespace',
    'path',
    'path_with_namespace',
    'created_at',
    'default_branch',
  ],
  ...['ssh_url_to_repo', 'http_url_to_repo', 'web_url', 'empty_repo', 'archived', 'visibility', 'import_status'],
  ...['forked_from_project', 'permissions', 'merge_requests_enabled', 'repository_access_level', 'namespace'],
];

const MERGE_REQUEST = [
  ...[
    'id',
    'iid',
    'project_id',
    'title',
    'description',
    'state',
    'created_at',
    'updated_at',
    'merged_by',
    'merge_user',
  ],
  ...['merged_at', 'closed_by', 'closed_at', 'target_branch', 'source_branch', 'author', 'assignees', 'assignee'],
  ...['reviewers', 'source_project_id', 'target_project_id', 'labels', 'draft', 'work_in_progress', 'milestone', 'sha'],
  ...['merge_commit_sha', 'squash_commit_sha', 'web_url', 'squash', 'has_conflicts', 'head_pipeline', 'prepared_at'],
];

const PIPELINE = [
  'id',
  'iid',
  'project_id',
  'sha',
  'ref',
  'status',
  'source',
  'created_at',
  'updated_at',
  'web_url',
  'name',
];

const PROJECT_LIST = [...PAGES, 'order_by', 'sort', 'search', 'search_namespaces', 'archived', 'simple', 'owned'];

const ID = '/projects/([^/]+)';

/** The operations that are used. */
export const OPERATIONS: readonly GitlabOperation[] = [
  { method: 'GET', path: /^\/user$/, fields: USER, type: 'SimpleUserSchema' },
  { method: 'GET', path: /^\/users$/, query: [...PAGES, 'username'], fields: USER, type: 'SimpleUserSchema' },
  { method: 'GET', path: /^\/users\/([^/]+)\/projects$/, query: PROJECT_LIST, fields: PROJECT, type: 'ProjectSchema' },
  {
    method: 'GET',
    path: /^\/groups\/([^/]+)\/projects$/,
    query: [...PROJECT_LIST.filter((name) => name !== 'search_namespaces'), 'include_subgroups', 'with_shared'],
    fields: PROJECT,
    type: 'ProjectSchema',
  },
  { method: 'GET', path: /^\/projects$/, query: PROJECT_LIST, fields: PROJECT, type: 'ProjectSchema' },
  { method: 'GET', path: new RegExp(`^${ID}$`), fields: PROJECT, type: 'ProjectSchema' },
  { method: 'GET', path: new RegExp(`^${ID}/forks$`), query: PROJECT_LIST, fields: PROJECT, type: 'ProjectSchema' },
  {
    method: 'POST',
    path: new RegExp(`^${ID}/fork$`),
    body: { namespace_id: 'integer', namespace_path: 'string', path: 'string', name: 'string' },
    fields: PROJECT,
    type: 'ProjectSchema',
  },
  {
    method: 'GET',
    path: new RegExp(`^${ID}/pipelines$`),
    query: [...PAGES, 'sha', 'ref', 'source', 'status', 'order_by', 'sort'],
    fields: PIPELINE,
    type: 'PipelineSchema',
  },
  {
    method: 'GET',
    path: new RegExp(`^${ID}/merge_requests$`),
    query: [...PAGES, 'state', 'scope', 'source_branch', 'source_project_id', 'target_branch', 'order_by', 'sort'],
    fields: MERGE_REQUEST,
    type: 'MergeRequestSchema',
  },
  {
    method: 'POST',
    path: new RegExp(`^${ID}/merge_requests$`),
    body: {
      title: 'string',
      source_branch: 'string',
      target_branch: 'string',
      target_project_id: 'integer',
      description: 'string',
      labels: 'words',
      assignee_ids: 'integers',
      reviewer_ids: 'integers',
    },
    required: ['title', 'source_branch', 'target_branch'],
    fields: MERGE_REQUEST,
    type: 'MergeRequestSchema',
  },
  {
    method: 'GET',
    path: new RegExp(`^${ID}/merge_requests/([0-9]+)$`),
    fields: MERGE_REQUEST,
    type: 'MergeRequestSchema',
  },
  {
    method: 'PUT',
    path: new RegExp(`^${ID}/merge_requests/([0-9]+)$`),
    body: {
      title: 'string',
      target_branch: 'string',
      state_event: 'string',
      description: 'string',
      labels: 'words',
      add_labels: 'words',
      remove_labels: 'words',
      assignee_ids: 'integers',
      reviewer_ids: 'integers',
    },
    fields: MERGE_REQUEST,
    type: 'MergeRequestSchema',
  },
];

/** What is wrong with a request, by the description. */
export function requestProblems(
  operation: GitlabOperation,
  { query, body }: { readonly query: URLSearchParams; readonly body: Readonly<Record<string, unknown>> },
): string[] {
  const asked = [...query.keys()].filter((name) => !operation.query?.includes(name)).map((name) => `no query ${name}`);
  const lacking = (operation.required ?? []).filter((name) => !(name in body)).map((name) => `${name} is missing`);
  const wrong = Object.entries(body).flatMap(([name, value]) => {
    const type = operation.body?.[name];
    if (!type) return [`no value ${name}`];
    return isOf(type, value) ? [] : [`${name} is no ${type}`];
  });
  return [...asked, ...lacking, ...wrong];
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'integers') return Array.isArray(value) && value.every((one) => Number.isInteger(one));
  // "Comma-separated": one text.
  return typeof value === (type === 'boolean' ? 'boolean' : 'string');
}
